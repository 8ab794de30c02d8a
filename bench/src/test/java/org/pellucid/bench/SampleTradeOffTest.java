package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The whole measurement, with few samples. */
class SampleTradeOffTest {
  private static String run(String... arguments) throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      SampleTradeOff.main(arguments);
    } finally {
      System.setOut(before);
    }
    return written.toString(StandardCharsets.UTF_8);
  }

  @Test
  void reportsEveryImageEveryFixedNumberAndEveryTolerance() throws IOException {
    String tables =
        run(
            "model=../examples/shapes.onnx",
            "data=../examples",
            "images=2",
            "seeds=2",
            "samples=6,2",
            "tolerances=0.05,1",
            "reference=40");
    assertThat(tables.lines().filter(line -> line.contains(".png | 0.05 | "))).hasSize(2);
    assertThat(tables.lines().filter(line -> line.contains(".png | 1.0 | 10, 10 | "))).hasSize(2);
    // Six numbers of two kinds of error.
    assertThat(tables.lines().filter(line -> line.matches("\\| 2 (\\| \\d+\\.\\d\\d ){6}\\|")))
        .hasSize(2);
    assertThat(tables).containsPattern("\n\\| 2 \\|.*\n\\| 6 \\|");
    assertThat(tables.lines().filter(line -> line.startsWith("| 1.0 | 10.0 (10 to 10) | ")))
        .hasSize(2)
        .allMatch(line -> line.endsWith(" | 0 of 4 |"));
  }

  @Test
  void networksOfRandomWeightsAreBuilt() throws IOException {
    assertThat(
            run(
                "model=SMALL",
                "data=../examples",
                "images=1",
                "seeds=1",
                "samples=2",
                "reference=20"))
        .contains("| 0.02 | ");
  }
}
