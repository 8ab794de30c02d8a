package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** That a command which is set up alone is the one among all. */
class MainTest {
  private static final Map<String, CommandLine> ALL = Main.commandLine().getSubcommands();

  @TestFactory
  Stream<DynamicTest> isTheSameAloneAsAmongAll() {
    return ALL.keySet().stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () ->
                        assertThat(Main.commandLine(new String[] {name}).getSubcommands().get(name))
                            .extracting(CommandLine::getUsageMessage)
                            .isEqualTo(ALL.get(name).getUsageMessage())));
  }

  @Test
  void aCommandIsCalledAsItSays() {
    ALL.forEach(
        (name, command) ->
            assertThat(
                    command.getCommandSpec().userObject().getClass().getAnnotation(Command.class))
                .extracting(Command::name)
                .isEqualTo(name));
  }

  @Test
  void whatTellsAboutCommandsKnowsAll() {
    assertThat(Cli.run("help").out()).contains("explain", "differentiate", "doctor");
    assertThat(Cli.run("--help").out()).contains("explain", "differentiate", "doctor");
    assertThat(Cli.run("generate-completion").out()).contains("explain", "differentiate", "doctor");
    assertThat(Cli.run("explian").err()).contains("explain");
  }
}
