package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;

/** The PTX that ships is what the compiler makes of the sources beside it. */
class KernelSourcesTest {
  private static final Path SOURCES = Path.of("src/main/cuda");
  private static final Path PTX = Path.of("src/main/resources/org/pellucid/backend/cuda/ptx");
  private static final Pattern INCLUDE =
      Pattern.compile("^\\s*#include \"(.*)\"", Pattern.MULTILINE);

  static List<Path> ptx() throws IOException {
    try (Stream<Path> files = Files.list(PTX)) {
      return files.filter(file -> file.toString().endsWith(".ptx")).sorted().toList();
    }
  }

  private static String found(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern, Pattern.MULTILINE).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  /** The texts of a source and of all that it includes, by file name. */
  private static Map<String, String> included(String source) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    Deque<String> todo = new ArrayDeque<>(List.of(source));
    while (!todo.isEmpty()) {
      String file = todo.pop();
      if (!texts.containsKey(file)) {
        String text = Files.readString(SOURCES.resolve(file));
        texts.put(file, text);
        INCLUDE.matcher(text).results().forEach(include -> todo.add(include.group(1)));
      }
    }
    return texts;
  }

  @ParameterizedTest
  @MethodSource("ptx")
  void isMadeOfTheSources(Path file) throws IOException, NoSuchAlgorithmException {
    String text = Files.readString(file);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    included(found("^// Made by kernels.py with .* from (\\w+\\.cu)", text))
        .forEach(
            (name, source) ->
                digest.update((name + "\0" + source + "\0").getBytes(StandardCharsets.UTF_8)));
    digest.update(found("^// Options: (.*)$", text).getBytes(StandardCharsets.UTF_8));
    assertThat(found("^// Source SHA-256: (\\w+)$", text))
        .as("%s is not of these sources: run `python3 kernels.py` in backend-cuda", file)
        .isEqualTo(HexFormat.of().formatHex(digest.digest()));
  }

  /** Drivers refuse PTX that is newer than they are, and cards PTX for newer ones. */
  @ParameterizedTest
  @MethodSource("ptx")
  void asksForNoMoreThanItNeeds(Path file) throws IOException {
    String text = Files.readString(file);
    boolean tensorCores = text.contains("mma.sync");
    assertThat(found("^\\.version (.*)$", text)).isEqualTo(tensorCores ? "7.0" : "6.3");
    assertThat(found("^\\.target (.*)$", text)).isEqualTo(tensorCores ? "sm_80" : "sm_75");
  }

  /** The emulator translates all of a text when it is loaded, and refuses what it does not know. */
  @ParameterizedTest
  @MethodSource("ptx")
  void theEmulatorKnowsEveryInstruction(Path file) {
    KernelImage image = KernelImage.resource(file.getFileName().toString().replace(".ptx", ""));
    CudaRuntime runtime = CudaRuntime.start(new EmulatedCudaDriver());
    try (CudaContext context = runtime.open(runtime.devices().get(0))) {
      KernelLibrary library = new KernelLibrary(context, List.of(image));
      assertThat(image.signatures()).isNotEmpty();
      image.signatures().keySet().forEach(library::kernel);
    }
  }

  @Test
  void everySourceIsCompiled() throws IOException {
    TreeSet<String> compiled = new TreeSet<>();
    for (Path file : ptx()) {
      compiled.add(found("from (\\w+\\.cu)", Files.readString(file)));
    }
    try (Stream<Path> files = Files.list(SOURCES)) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(n -> n.endsWith(".cu")))
          .containsExactlyInAnyOrderElementsOf(compiled);
    }
  }

  @Test
  void hostAndKernelsNumberInstructionsAlike() throws IOException {
    List<String> listed =
        Pattern.compile("CODE\\((\\w+), (\\d+)\\)")
            .matcher(Files.readString(SOURCES.resolve("codes.cuh")))
            .results()
            .map(line -> line.group(2) + " " + line.group(1))
            .toList();
    assertThat(Arrays.stream(Code.values()).map(code -> code.ordinal() + " " + code))
        .containsExactlyElementsOf(listed);
  }
}
