@echo off
rem Starts Pellucid with the libraries beside this script.
rem JAVA_HOME chooses the Java; PELLUCID_OPTS is passed to the JVM.
setlocal
rem jdk.console: newer Java would take anything for a terminal.
rem Should a newer ONNX Runtime be put in: nothing is reported to its maker.
set "ORT_DISABLE_TELEMETRY=1"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
"%JAVA%" -XX:+UseParallelGC -XX:MaxDirectMemorySize=1t --enable-native-access=ALL-UNNAMED -Dsun.misc.unsafe.memory.access=allow -Djava.awt.headless=true -Djdk.console=java.base "-Dpellucid.home=%~dp0.." %PELLUCID_OPTS% -cp "%~dp0..\lib\*" org.pellucid.cli.Main %*
exit /b %ERRORLEVEL%
