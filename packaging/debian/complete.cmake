# SPDX-License-Identifier: GPL-2.0-or-later

# Run by cpack, with what was installed in CPACK_TEMPORARY_DIRECTORY, before it packs that.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
    return() # the sources
endif()

set(root ${CPACK_TEMPORARY_DIRECTORY})
set(docs ${root}/usr/share/doc/${CPACK_PACKAGE_NAME})

file(COPY ${CPACK_MPTCP_DEBIAN_DIR}/copyright ${CPACK_MPTCP_DEBIAN_DIR}/changelog
    DESTINATION ${docs} NO_SOURCE_PERMISSIONS)
# As Debian wants changelogs and manual pages, without time or name.
file(GLOB compressed ${docs}/changelog ${root}/usr/share/man/man*/*.[1-9])
execute_process(COMMAND gzip -9 -n ${compressed} COMMAND_ERROR_IS_FATAL ANY)

# What the plugin needs. The dialogs' module needs Qt too, but no one other than Wireshark's
# window loads it, which brings its own Qt: who has tshark alone shall not get one.
file(GLOB_RECURSE modules ${root}/usr/lib/mptcp_conn.so ${root}/usr/lib/mptcp_conn_dissector.so)
file(WRITE ${root}/../debian/control "Source: ${CPACK_PACKAGE_NAME}\n")
execute_process(COMMAND dpkg-shlibdeps -O ${modules}
    WORKING_DIRECTORY ${root}/.. OUTPUT_VARIABLE depends COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${root}/../debian)
string(REGEX REPLACE "^.*Depends=|\n" "" CPACK_DEBIAN_PACKAGE_DEPENDS "${depends}")
