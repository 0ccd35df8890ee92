# SPDX-License-Identifier: GPL-2.0-or-later

# cpack runs this script with the finished package in CPACK_PACKAGE_FILES. If a file is missing, it
# removes the package and fails. The list is independent of the install commands, so that it detects
# a missing command.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
    return() # the source package
endif()

set(expected # suffixes of paths
    epan/mptcp_conn.so
    mptcp_conn/mptcp_conn_dissector.so
    profiles/MPTCP/colorfilters
    profiles/MPTCP/dfilter_buttons
    profiles/MPTCP/io_graphs
    profiles/MPTCP/preferences
    profiles/MPTCP/recent
    man7/mptcp_conn.7.gz
    doc/${CPACK_PACKAGE_NAME}/changelog.gz
    doc/${CPACK_PACKAGE_NAME}/copyright
    docs/capturing.md
    docs/events.png
    docs/follow.png
    docs/graphs.png
    docs/guide.md
    docs/head_of_line.png
    docs/join.png
    docs/lost_path.png
    docs/mptcp-json.schema.json
    docs/paths.png
    docs/pictures.md
    docs/points.png
    docs/receive_window.png
    docs/reference.md
    docs/reinjection.png
    docs/reinjections.png
    docs/scripting.md
    docs/slow_path.png
    docs/slow_path_rtt.png
    docs/window.png
    examples/connections.sql
    examples/every_capture
    examples/mptcp_tap.lua
    examples/read_fields.py
    examples/report
    examples/sharkd_session.py)
if(NOT CPACK_MPTCP_QT STREQUAL "OFF")
    list(APPEND expected # the dialogs
        mptcp_conn/mptcp_conn_graphs.so
        mptcp_conn/mptcp_conn_window.so)
endif()

foreach(package IN LISTS CPACK_PACKAGE_FILES)
    execute_process(COMMAND dpkg-deb --fsys-tarfile ${package} COMMAND tar --list
        OUTPUT_VARIABLE contents COMMAND_ERROR_IS_FATAL ANY)
    set(missing)
    foreach(path IN LISTS expected)
        string(FIND "${contents}" "/${path}\n" place)
        if(place EQUAL -1)
            list(APPEND missing ${path})
        endif()
    endforeach()
    if(missing)
        file(REMOVE ${package})
        list(JOIN missing ", " missing)
        message(FATAL_ERROR "The package lacks ${missing}. For one without the dialogs, configure "
            "with -DMPTCP_QT=OFF.")
    endif()
endforeach()
