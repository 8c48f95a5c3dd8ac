# Runs PROGRAM under instruction sets and thread counts (ZKP_ISA only lowers what the machine has); all must print the
# same line.
set(first "")
foreach(isa portable avx2 avx512)
  foreach(threads 1 2 7)
    execute_process(COMMAND ${CMAKE_COMMAND} -E env ZKP_ISA=${isa} ZKP_THREADS=${threads} ${PROGRAM}
                    OUTPUT_VARIABLE line RESULT_VARIABLE code)
    message("${isa}, ${threads} threads: ${line}")
    if(NOT code EQUAL 0)
      message(FATAL_ERROR "the program failed")
    endif()
    if(first STREQUAL "")
      set(first "${line}")
    elseif(NOT line STREQUAL first)
      message(FATAL_ERROR "other bytes")
    endif()
  endforeach()
endforeach()
