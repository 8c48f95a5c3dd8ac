# library(NAME RANK n [USES lib…] [LINKS target…] [SOURCES f…] [TESTS f…] [PCH header] [TESTS_PCH header])
#
# One folder = one library = one namespace = one target. A library may use only libraries of a lower rank; anything else
# refuses to configure. LINKS names third-party targets. Tests lie beside the sources. PCH is a header that is parsed
# once for the sources, TESTS_PCH one for the tests: where templates make that worth a file of its own.
find_package(GTest REQUIRED)
include(GoogleTest)

set(warnings -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion -Werror)

# Libraries that see bytes from outside: their tests carry the label `untrusted`, are built by the target of that
# name, and run once more under the address and undefined-behaviour sanitizers in the fast set.
set(untrusted_folders base npy scale model onnx transcript merkle primitives signature trie commit sumcheck libp2p
  protocols proof runtime pool metadata keystore seats finality syncing)
add_custom_target(untrusted)

# Libraries whose tests compute for long: their tests are optimised as the library is. All others' are not, which halves
# the time to compile them. What a test program shares with a library, inline functions and templates, may be linked
# from either: an unoptimised test says nothing about speed.
set(computing_folders field signature finality libp2p poly sumcheck commit proof prover curve ledger node)
set(quick_build -O0)

# GoogleTest's header costs 2 s of every test file; parsed once, 0.2 s.
file(CONFIGURE OUTPUT test_pch.cpp CONTENT "")
foreach(pch test_pch quick_test_pch)
  add_library(${pch} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/test_pch.cpp)
  target_precompile_headers(${pch} PRIVATE <gtest/gtest.h>)
  target_link_libraries(${pch} PRIVATE GTest::gtest)
endforeach()
target_compile_options(quick_test_pch PRIVATE ${quick_build})

# zkp_test(NAME PREFIX p [QUICK] [LABELS l] SOURCES f… [LINKS target…] [PCH header]): a GoogleTest program, each case a
# test `p.Suite.case`. QUICK: it is not optimised.
function(zkp_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "QUICK" "PREFIX;LABELS;PCH" "SOURCES;LINKS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
  if(arg_PCH)
    target_precompile_headers(${name} PRIVATE <gtest/gtest.h> ${arg_PCH})
  elseif(arg_QUICK)
    target_precompile_headers(${name} REUSE_FROM quick_test_pch)
  else()
    target_precompile_headers(${name} REUSE_FROM test_pch)
  endif()
  if(arg_QUICK)
    target_compile_options(${name} PRIVATE ${quick_build})
  endif()
  gtest_discover_tests(${name} TEST_PREFIX "${arg_PREFIX}." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS "${arg_LABELS}")
endfunction()

function(library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "RANK;PCH;TESTS_PCH" "USES;LINKS;SOURCES;TESTS")
  add_library(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RANK ${arg_RANK} LINKER_LANGUAGE CXX)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(${name} PRIVATE ${warnings})
  if(arg_PCH)
    target_precompile_headers(${name} PRIVATE ${arg_PCH})
  endif()
  foreach(used IN LISTS arg_USES)
    get_target_property(rank ${used} RANK)
    if(NOT rank LESS arg_RANK)
      message(FATAL_ERROR "${name} (rank ${arg_RANK}) may not use ${used} (rank ${rank})")
    endif()
  endforeach()
  target_link_libraries(${name} PUBLIC ${arg_USES} PRIVATE ${arg_LINKS})
  if(arg_TESTS)
    set(label trusted)
    if(name IN_LIST untrusted_folders)
      set(label untrusted)
      add_dependencies(untrusted ${name}_test)
    endif()
    set(quick QUICK)
    if(name IN_LIST computing_folders)
      set(quick "")
    endif()
    zkp_test(${name}_test PREFIX ${name} ${quick} LABELS ${label} SOURCES ${arg_TESTS} LINKS ${name} ${arg_LINKS}
      PCH ${arg_TESTS_PCH})
  endif()
endfunction()
