# Finds libseccomp, which compiles the system call filters, and defines LibSeccomp::seccomp. Debian and Ubuntu ship a pkg-config
# file only; header and library are looked up by hand, so that no pkg-config is needed.
find_path(LibSeccomp_INCLUDE_DIR seccomp.h)
find_library(LibSeccomp_LIBRARY seccomp)
if(LibSeccomp_INCLUDE_DIR)
  foreach(_part MAJOR MINOR MICRO)
    file(STRINGS ${LibSeccomp_INCLUDE_DIR}/seccomp.h _line REGEX "#define SCMP_VER_${_part}")
    string(REGEX MATCH "[0-9]+" _number_${_part} "${_line}")
  endforeach()
  set(LibSeccomp_VERSION ${_number_MAJOR}.${_number_MINOR}.${_number_MICRO})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibSeccomp REQUIRED_VARS LibSeccomp_LIBRARY LibSeccomp_INCLUDE_DIR
  VERSION_VAR LibSeccomp_VERSION)
if(LibSeccomp_FOUND AND NOT TARGET LibSeccomp::seccomp)
  add_library(LibSeccomp::seccomp UNKNOWN IMPORTED)
  set_target_properties(LibSeccomp::seccomp PROPERTIES IMPORTED_LOCATION ${LibSeccomp_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${LibSeccomp_INCLUDE_DIR})
endif()
