# npm_test(NAME FILES f… COMMAND arg… [TIMEOUT seconds] [ENVIRONMENT NAME=value…])
#
# A test in JavaScript against unmodified packages. package.json, package-lock.json and FILES are copied into the build
# folder, where a test of its own installs the pinned packages once; COMMAND are node's arguments.
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
  add_test(NAME interop.${name} COMMAND ${NODE_PROGRAM} ${arg_COMMAND} WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set_tests_properties(interop.${name} PROPERTIES FIXTURES_REQUIRED interop_${name} TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "${arg_ENVIRONMENT}")
endfunction()
