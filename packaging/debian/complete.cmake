# SPDX-License-Identifier: GPL-2.0-or-later

# cpack runs this script before it packs the files in CPACK_TEMPORARY_DIRECTORY.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
    return() # the source package
endif()

set(root ${CPACK_TEMPORARY_DIRECTORY})
set(docs ${root}/usr/share/doc/${CPACK_PACKAGE_NAME})

file(COPY ${CPACK_MPTCP_DEBIAN_DIR}/copyright ${CPACK_MPTCP_DEBIAN_DIR}/changelog
    DESTINATION ${docs} NO_SOURCE_PERMISSIONS)
# Debian requires compressed changelogs and manual pages; gzip omits time and name.
file(GLOB compressed ${docs}/changelog ${root}/usr/share/man/man*/*.[1-9])
execute_process(COMMAND gzip -9 -n ${compressed} COMMAND_ERROR_IS_FATAL ANY)

# The dependencies of the plugin. The module of the dialogs also needs Qt, but only Wireshark's
# window loads it, and Wireshark depends on Qt. The graphs need QCustomPlot and Qt SVG, too. The
# package must not install Qt for tshark, so it suggests these.
file(GLOB_RECURSE modules ${root}/usr/lib/mptcp_conn.so ${root}/usr/lib/mptcp_conn_dissector.so)
file(GLOB_RECURSE graphs ${root}/usr/lib/mptcp_conn_graphs.so)
file(WRITE ${root}/../debian/control "Source: ${CPACK_PACKAGE_NAME}\n")
execute_process(COMMAND dpkg-shlibdeps -O ${modules} -dSuggests ${graphs}
    WORKING_DIRECTORY ${root}/.. OUTPUT_VARIABLE dependencies COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${root}/../debian)
string(REGEX MATCH "shlibs:Depends=([^\n]*)" line "${dependencies}")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${CMAKE_MATCH_1}")
string(REGEX MATCHALL "[^ ,=]*(qcustomplot|svg)[^,\n]*" suggested "${dependencies}")
list(APPEND suggested gnuplot-nox) # for examples/report
list(JOIN suggested ", " CPACK_DEBIAN_PACKAGE_SUGGESTS)
