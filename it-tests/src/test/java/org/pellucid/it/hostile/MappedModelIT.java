package org.pellucid.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Weights that would fill the heap stay in their file, on every backend; and if somebody takes them
 * away from there, the process says so and goes on.
 */
class MappedModelIT {
  @TempDir private Path folder;

  /** Windows does not let anybody shorten a file that is mapped. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void weightsStayInTheirFile() throws IOException, InterruptedException {
    OwnJvm.run(MappedModel.class, "-Xmx512m", folder, "write");
    OwnJvm.Ended ended =
        OwnJvm.run(MappedModel.class, "-Xmx128m", folder, "onnxruntime", "djl", "dl4j");
    assertThat(ended.code()).as(ended.output()).isZero();
    assertThat(ended.output())
        .doesNotContain("wrong")
        .contains("onnxruntime works", "djl works", "dl4j works", "released")
        .contains("onnxruntime refuses: The model's file was made shorter")
        .contains("djl refuses: The model's file was made shorter")
        .contains("dl4j refuses: The model's file was made shorter")
        .contains("the reader refuses: Tensor ");
  }

  /** Weights of other floating types go into temporary files, of which nothing stays. */
  @Test
  void weightsOfOtherTypesFillNoHeap() throws IOException, InterruptedException {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    OwnJvm.Ended ended =
        OwnJvm.run(NarrowModel.class, "-Xmx128m", folder, "onnxruntime", temporary);
    assertThat(ended.code()).as(ended.output()).isZero();
    assertThat(ended.output()).doesNotContain("wrong").contains("onnxruntime works");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("pellucid-weights"));
    }
  }

  /** 2304 MiB of weights, of which nothing stays on the disk. Windows has no files of holes. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void moreThanTwoGibibytesAreRead() throws IOException, InterruptedException {
    OwnJvm.Ended ended = OwnJvm.run(LargeModel.class, "-Xmx512m", folder);
    assertThat(ended.code()).as(ended.output()).isZero();
    assertThat(ended.output()).doesNotContain("wrong").contains("read 2304 MiB in ");
    System.out.print(ended.output());
  }
}
