# The compile rules that every target shares, and the functions with which modules, programs and tests are declared.

add_library(planguild_rules INTERFACE)
target_compile_options(planguild_rules INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  # Scores must not depend on how the compiler fuses operations: ties are decided by their last bit.
  -ffp-contract=off)
target_include_directories(planguild_rules INTERFACE ${CMAKE_SOURCE_DIR})
add_library(planguild_options INTERFACE)
target_link_libraries(planguild_options INTERFACE planguild_rules)
if(PLANGUILD_SANITIZE)
  target_compile_options(planguild_options INTERFACE -fsanitize=${PLANGUILD_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(planguild_options INTERFACE -fsanitize=${PLANGUILD_SANITIZE})
  if(PLANGUILD_SANITIZE MATCHES undefined)
    # A number too large for the integer it becomes is no part of `undefined`.
    target_compile_options(planguild_options INTERFACE -fsanitize=float-cast-overflow
      -fno-sanitize-recover=undefined,float-cast-overflow)
    if(NOT PLANGUILD_FUZZ)
      # A CAF 0.17 header forms references through null pointers and would hide our own findings.
      target_compile_options(planguild_options INTERFACE -fno-sanitize=null)
    endif()
  endif()
endif()

# planguild_module(NAME SOURCES … LINKS …): one static library; LINKS are the only things it may see.
function(planguild_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC planguild_options ${arg_LINKS})
endfunction()

# planguild_program(NAME SOURCES … LINKS …): one executable in <build>/bin.
function(planguild_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE planguild_options ${arg_LINKS})
endfunction()

# planguild_test(NAME LABEL … SOURCES … LINKS … ENVIRONMENT …): one Catch2 executable run by ctest under its label.
function(planguild_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT" "SOURCES;LINKS;ENVIRONMENT;DEPENDS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE planguild_options planguild_catch_main ${arg_LINKS})
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABEL}" TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "PLANGUILD_SOURCE_DIR=${CMAKE_SOURCE_DIR};PLANGUILD_BINARY_DIR=${CMAKE_BINARY_DIR}/bin;${arg_ENVIRONMENT}")
endfunction()
