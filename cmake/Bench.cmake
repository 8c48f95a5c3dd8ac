# bench_program(NAME [USES target…] SOURCES f…)     times whole operations with bench/harness.hpp
# micro_bench(NAME [USES target…] SOURCES f…)       times small functions with Google Benchmark
#
# Both make bench_NAME. `tools/bench` builds the target `benches` and finds the programs in build/bench/.
find_package(benchmark REQUIRED)
include(Allocator)
add_custom_target(benches)

function(bench_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;SOURCES")
  add_executable(bench_${name} ${arg_SOURCES})
  target_link_libraries(bench_${name} PRIVATE ${arg_USES})
  fast_allocator(bench_${name})
  target_include_directories(bench_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(bench_${name} PRIVATE ${warnings})
  set_target_properties(bench_${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  add_dependencies(benches bench_${name})
endfunction()

function(micro_bench name)
  bench_program(micro_${name} ${ARGN})
  target_link_libraries(bench_micro_${name} PRIVATE benchmark::benchmark_main)
  target_compile_options(bench_micro_${name} PRIVATE -Wno-c2y-extensions) # __COUNTER__ in its header
endfunction()
