# Installs the packages of FOLDER/package-lock.json, unless the same ones lie there.
file(SHA256 ${FOLDER}/package-lock.json wanted)
if(EXISTS ${FOLDER}/installed.txt)
  file(READ ${FOLDER}/installed.txt found)
  if(found STREQUAL wanted)
    return()
  endif()
endif()
execute_process(COMMAND ${NPM} ci --no-audit --no-fund --ignore-scripts --loglevel=error
  WORKING_DIRECTORY ${FOLDER} COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${FOLDER}/installed.txt ${wanted})
