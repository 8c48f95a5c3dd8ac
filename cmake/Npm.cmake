# npm_test(NAME FILES f… COMMAND arg… [TIMEOUT seconds] [ENVIRONMENT NAME=value…])
#
# A test in JavaScript against unmodified packages. package.json, package-lock.json and FILES are copied into the build
# folder, where a test of its own installs the pinned packages once; COMMAND are node's arguments.
#
# npm_case(NAME CASE COMMAND arg… [TIMEOUT seconds] [ENVIRONMENT NAME=value…] [CONFIGURATION name])
#
# One more test, interop.NAME.CASE, in the folder and with the packages of npm_test(NAME …). With a configuration it
# runs only where ctest is told of that, as the long suites do: ctest -C long.
find_program(NODE_PROGRAM node HINTS ${PROJECT_SOURCE_DIR}/.node/bin REQUIRED)
find_program(NPM_PROGRAM npm REQUIRED)

function(npm_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "FILES;COMMAND;ENVIRONMENT")
  foreach(file package.json package-lock.json ${arg_FILES})
    configure_file(${file} ${CMAKE_CURRENT_BINARY_DIR}/${file} COPYONLY)
  endforeach()
  add_test(NAME interop.${name}.install
    COMMAND ${CMAKE_COMMAND} -D NPM=${NPM_PROGRAM} -D FOLDER=${CMAKE_CURRENT_BINARY_DIR}
            -P ${PROJECT_SOURCE_DIR}/cmake/install_npm.cmake)
  set_tests_properties(interop.${name}.install PROPERTIES FIXTURES_SETUP interop_${name} TIMEOUT 300)
  interop_case(interop.${name} interop_${name} ${arg_COMMAND} TIMEOUT ${arg_TIMEOUT} ENVIRONMENT ${arg_ENVIRONMENT})
endfunction()

function(npm_case name case)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "TIMEOUT;CONFIGURATION" "COMMAND;ENVIRONMENT")
  interop_case(interop.${name}.${case} interop_${name} ${arg_COMMAND} TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT ${arg_ENVIRONMENT} CONFIGURATION ${arg_CONFIGURATION})
endfunction()

function(interop_case test fixture)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "TIMEOUT;CONFIGURATION" "ENVIRONMENT")
  add_test(NAME ${test} COMMAND ${NODE_PROGRAM} ${arg_UNPARSED_ARGUMENTS}
    CONFIGURATIONS ${arg_CONFIGURATION} WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set_tests_properties(${test} PROPERTIES FIXTURES_REQUIRED ${fixture} TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "${arg_ENVIRONMENT}")
endfunction()
