# cmake -DSOURCE=… -DBUILD=… -P build.cmake: the fuzz targets, in a build of their own by clang.
find_program(clang clang++)
if(NOT clang)
  message(FATAL_ERROR "clang++ was not found; apt-get install clang libclang-rt-14-dev (./run deep does)")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --preset fuzz -B ${BUILD} WORKING_DIRECTORY ${SOURCE} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target fuzz_trace fuzz_log fuzz_false COMMAND_ERROR_IS_FATAL ANY)
