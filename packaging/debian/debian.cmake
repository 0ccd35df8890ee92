# SPDX-License-Identifier: GPL-2.0-or-later

# Metadata of the Debian package.
set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON) # the plugin's folder is an absolute path
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# The version contains Wireshark's, so that the package for the next Debian is the newer one.
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION}+wireshark${MPTCP_VERSION_DIR})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "tshark | wireshark")
set(CPACK_DEBIAN_PACKAGE_ENHANCES "tshark, wireshark")
# The first line is the description of the project.
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"A capture of Multipath TCP (RFC 6824, RFC 8684) shows TCP flows. This plugin
identifies the subflows of each connection, the keys and tokens of its hosts,
the bytes sent over each path, and protocol errors. It shows them on every
packet, in dialogs of Wireshark, and with tshark -z mptcp,conn.")

# Adds files that `cmake --install` does not install.
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/complete.cmake)
# Checks that the package is complete.
set(CPACK_POST_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/check.cmake)
set(CPACK_MPTCP_QT ${MPTCP_QT})
string(TIMESTAMP MPTCP_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC) # or SOURCE_DATE_EPOCH
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in debian/changelog @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright debian/copyright COPYONLY)
set(CPACK_MPTCP_DEBIAN_DIR ${CMAKE_CURRENT_BINARY_DIR}/debian)
