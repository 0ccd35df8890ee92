# SPDX-License-Identifier: GPL-2.0-or-later

# What a Debian package says of itself.
set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON) # the plugin's place is an absolute path
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# The next Debian has the next Wireshark: its package is the newer one.
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION}+wireshark${MPTCP_VERSION_DIR})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "tshark | wireshark")
set(CPACK_DEBIAN_PACKAGE_ENHANCES "tshark, wireshark")
# The first line is the project's description.
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"A capture of Multipath TCP (RFC 6824, RFC 8684) shows TCP flows. This plugin
tells which of them are subflows of one connection, whose the keys and tokens
are, how many bytes went over which path, and what went wrong: on every
packet, in dialogs of Wireshark, and by tshark -z mptcp,conn.")

# What the package has beside what is installed.
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/complete.cmake)
# And whether it has all that it should have.
set(CPACK_POST_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/check.cmake)
set(CPACK_MPTCP_QT ${MPTCP_QT})
string(TIMESTAMP MPTCP_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC) # or SOURCE_DATE_EPOCH
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in debian/changelog @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright debian/copyright COPYONLY)
set(CPACK_MPTCP_DEBIAN_DIR ${CMAKE_CURRENT_BINARY_DIR}/debian)
