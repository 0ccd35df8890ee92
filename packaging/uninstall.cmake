# SPDX-License-Identifier: GPL-2.0-or-later

# The target `uninstall` runs this script. It removes the files that `cmake --install` installed
# from this build, and Wireshark folders that are empty afterwards.
file(GLOB manifests ${BUILD}/install_manifest*.txt)
if(NOT manifests)
    message(FATAL_ERROR "nothing was installed from this build")
endif()

foreach(manifest IN LISTS manifests)
    file(STRINGS ${manifest} files)
    foreach(file IN LISTS files)
        message(STATUS "Removing ${file}")
        file(REMOVE ${file})
        cmake_path(GET file PARENT_PATH folder)
        while(folder MATCHES "/(wireshark|mptcp-wireshark)(/|$)" AND IS_DIRECTORY ${folder})
            file(GLOB left ${folder}/* ${folder}/.*)
            list(FILTER left EXCLUDE REGEX "/\\.\\.?$")
            if(left)
                break()
            endif()
            file(REMOVE_RECURSE ${folder})
            cmake_path(GET folder PARENT_PATH folder)
        endwhile()
    endforeach()
    file(REMOVE ${manifest})
endforeach()
