package org.pellucid.importer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelImporter;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.UnsupportedModelException;

/** Damaged files and files that mean harm: one line of explanation, in little memory and time. */
@Timeout(300)
class HostileFilesTest {
  private static final ImportOptions OPTIONS = new ImportOptions(Map.of(), 12, 12);
  private static final String CONFIGURATION = "configuration.json";
  private static final String COEFFICIENTS = "coefficients.bin";

  private static Map<String, byte[]> chain;
  private static Map<String, byte[]> graph;

  @TempDir Path directory;

  @BeforeAll
  static void makeNetworks(@TempDir Path folder) throws IOException {
    chain = entries(Dl4jModels.lenet(), folder);
    graph = entries(Dl4jModels.residual(), folder);
  }

  private static Map<String, byte[]> entries(Dl4jModels.Example example, Path folder)
      throws IOException {
    Path file = folder.resolve("model.zip");
    ModelSerializer.writeModel(example.network(), file.toFile(), false);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    return entries;
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  private static Map<String, byte[]> with(Map<String, byte[]> entries, String name, byte[] bytes) {
    Map<String, byte[]> changed = new LinkedHashMap<>(entries);
    changed.put(name, bytes);
    return changed;
  }

  private static Map<String, byte[]> replaced(
      Map<String, byte[]> entries, String what, String with) {
    String text = new String(entries.get(CONFIGURATION), StandardCharsets.UTF_8);
    assertThat(text).contains(what);
    return with(entries, CONFIGURATION, text.replace(what, with).getBytes(StandardCharsets.UTF_8));
  }

  private void read(ModelImporter importer, byte[] bytes) throws IOException {
    Path file = Files.write(directory.resolve("model.bin"), bytes);
    importer.accepts(file);
    importer.read(file, OPTIONS);
  }

  /** Reads bytes of which nothing is known; whatever comes out must be one of our own failures. */
  private void survives(ModelImporter importer, byte[] bytes, String what) throws IOException {
    try {
      read(importer, bytes);
    } catch (PellucidException e) {
      assertThat(e.getMessage()).as(what).isNotBlank().hasLineCount(1);
      assertThat(e.getMessage().length()).as(what).isLessThan(2100);
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what, e);
    }
  }

  private void assertFails(
      Map<String, byte[]> entries, Class<? extends PellucidException> type, String part)
      throws IOException {
    byte[] bytes = zip(entries);
    assertThatThrownBy(() -> read(new Dl4jImporter(), bytes))
        .isInstanceOf(type)
        .hasMessageContaining(part)
        .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
  }

  @Test
  void truncatedNetworks() throws IOException {
    byte[] whole = zip(chain);
    read(new Dl4jImporter(), whole);
    for (int length = 0; length < whole.length; length += 1 + whole.length / 150) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(new Dl4jImporter(), part))
          .as("the first %s bytes", length)
          .isInstanceOf(MalformedInputException.class);
    }
  }

  @Test
  void damagedNetworks() throws IOException {
    Random random = new Random(7);
    for (Map<String, byte[]> network : java.util.List.of(chain, graph)) {
      byte[] whole = zip(network);
      for (int n = 0; n < 250; n++) {
        survives(new Dl4jImporter(), damaged(whole, random), "damage " + n + " of the zip");
      }
      for (String entry : network.keySet()) {
        for (int n = 0; n < 250; n++) {
          byte[] damaged = damaged(network.get(entry), random);
          survives(
              new Dl4jImporter(),
              zip(with(network, entry, damaged)),
              "damage " + n + " of " + entry);
        }
      }
    }
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] damaged = whole.clone();
    for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    return damaged;
  }

  /** Each number of a configuration in turn becomes one that makes no sense. */
  @Test
  void numbersThatMakeNoSense() throws IOException {
    String text = new String(graph.get(CONFIGURATION), StandardCharsets.UTF_8);
    var matcher = java.util.regex.Pattern.compile("(?<=[ \\[])\\d+(?=[,\\s\\]])").matcher(text);
    String[] numbers = {"-1", "0", "2147483647", "1e300", "-2147483648", "1.5", "null", "[]", "{}"};
    int n = 0;
    while (matcher.find()) {
      String number = numbers[n++ % numbers.length];
      String changed = text.substring(0, matcher.start()) + number + text.substring(matcher.end());
      survives(
          new Dl4jImporter(),
          zip(with(graph, CONFIGURATION, changed.getBytes(StandardCharsets.UTF_8))),
          number + " at " + matcher.start());
    }
    assertThat(n).isGreaterThan(50);
  }

  @Test
  void classesThatAreNotOnTheList() throws IOException {
    String gadget = "com.sun.rowset.JdbcRowSetImpl";
    assertFails(
        replaced(chain, "org.deeplearning4j.nn.conf.layers.DenseLayer", gadget),
        UnsupportedModelException.class,
        "layers of type " + gadget);
    assertFails(
        replaced(chain, "org.nd4j.linalg.activations.impl.ActivationReLU", gadget),
        UnsupportedModelException.class,
        gadget);
    assertFails(
        replaced(
            chain, "org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor", gadget),
        UnsupportedModelException.class,
        gadget);
    assertFails(
        replaced(graph, "org.deeplearning4j.nn.conf.graph.ElementWiseVertex", gadget),
        UnsupportedModelException.class,
        "vertices of type " + gadget);
    assertFails(
        replaced(
            chain,
            "org.deeplearning4j.nn.conf.layers.DenseLayer",
            "org.deeplearning4j.nn.conf.layers.LSTM"),
        UnsupportedModelException.class,
        "Layer \"layer4\" (LSTM)");
  }

  /** Serialised objects beside the network are not touched, nor is anything written anywhere. */
  @Test
  void otherEntriesAreIgnored() throws IOException {
    byte[] garbage = {(byte) 0xac, (byte) 0xed, 0, 5, 's', 'r', 0};
    Map<String, byte[]> more = new LinkedHashMap<>(chain);
    more.put("preprocessor.bin", garbage);
    more.put("normalizer.bin", garbage);
    more.put("updaterState.bin", garbage);
    more.put("../../escape.txt", garbage);
    more.put("/tmp/pellucid-escape.txt", garbage);
    read(new Dl4jImporter(), zip(more));
    assertThat(directory.getParent().resolve("escape.txt")).doesNotExist();
    assertThat(Path.of("/tmp/pellucid-escape.txt")).doesNotExist();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("model.bin"));
    }
  }

  @Test
  void entriesThatAreMissingOrTooMany() throws IOException {
    assertFails(
        Map.of(COEFFICIENTS, chain.get(COEFFICIENTS)),
        MalformedInputException.class,
        "no entry configuration.json");
    assertFails(
        Map.of(CONFIGURATION, chain.get(CONFIGURATION)),
        MalformedInputException.class,
        "no entry coefficients.bin");
    Map<String, byte[]> many = new LinkedHashMap<>(chain);
    for (int i = 0; i < 5000; i++) {
      many.put("entry" + i, new byte[0]);
    }
    assertFails(many, MalformedInputException.class, "5002 entries");
  }

  @Test
  void bombs() throws IOException {
    // 300 MB of spaces in 300 kB.
    Path file = directory.resolve("bomb.zip");
    byte[] spaces = new byte[1 << 20];
    Arrays.fill(spaces, (byte) ' ');
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(CONFIGURATION));
      for (int i = 0; i < 300; i++) {
        zip.write(spaces);
      }
      zip.putNextEntry(new ZipEntry(COEFFICIENTS));
    }
    assertThatThrownBy(() -> new Dl4jImporter().read(file, OPTIONS))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("longer than 8 MiB");
    // Lists in lists.
    String deep = "{\"confs\": " + "[".repeat(200_000) + "]".repeat(200_000) + "}";
    assertFails(
        with(chain, CONFIGURATION, deep.getBytes(StandardCharsets.UTF_8)),
        MalformedInputException.class,
        "no JSON");
    // A layer of 10^11 weights.
    assertFails(
        replaced(chain, "\"nout\" : 8", "\"nout\" : 1000000000"),
        MalformedInputException.class,
        "are left");
    // An image that would have 2^31 elements.
    assertFails(
        replaced(chain, "\"inputHeight\" : 14", "\"inputHeight\" : 2147483647"),
        UnsupportedModelException.class,
        "2^31 elements");
  }

  /** A configuration as long as one may be, of layers whose sizes have to be tried. */
  @Test
  void manyLayers() throws IOException {
    String layer =
        "{\"layer\": {\"@class\": \"org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer\","
            + " \"padding\": [0, 0, 0, 0]}},";
    String last =
        "{\"layer\": {\"@class\": \"org.deeplearning4j.nn.conf.layers.DenseLayer\", \"nin\": 8,"
            + " \"nout\": 2}}";
    String preprocessor =
        "{\"@class\":"
            + " \"org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor\","
            + " \"inputHeight\": 9000, \"inputWidth\": 9000, \"numChannels\": 1}";
    for (int count : new int[] {9_000, 60_000}) {
      String text =
          "{\"confs\": ["
              + layer.repeat(count)
              + last
              + "], \"inputPreProcessors\": {\""
              + count
              + "\": "
              + preprocessor
              + "}}";
      assertFails(
          with(chain, CONFIGURATION, text.getBytes(StandardCharsets.UTF_8)),
          MalformedInputException.class,
          count < 10_000 ? "No size of the input" : "60001 layers");
    }
  }

  private static byte[] array(String type, long length, long... shape) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF("MIXED_DATA_TYPES");
    out.writeLong(shape.length);
    out.writeUTF("LONG");
    for (long number : shape) {
      out.writeLong(number);
    }
    out.writeUTF("MIXED_DATA_TYPES");
    out.writeLong(length);
    out.writeUTF(type);
    out.write(new byte[64]);
    return bytes.toByteArray();
  }

  @Test
  void weightsThatLie() throws IOException {
    assertFails(
        with(chain, COEFFICIENTS, array("FLOAT", 1L << 40, 2, 1, 1L << 40, 1, 1, 0, 1, 99)),
        MalformedInputException.class,
        "more than their entry can hold");
    assertFails(
        with(chain, COEFFICIENTS, array("FLOAT", 12, 2, 1, 13, 1, 1, 0, 1, 99)),
        MalformedInputException.class,
        "for 13 numbers, and there are 12");
    assertFails(
        with(chain, COEFFICIENTS, array("FLOAT", -1, 2, 1, -1, 1, 1, 0, 1, 99)),
        MalformedInputException.class,
        "impossible");
    assertFails(
        with(chain, COEFFICIENTS, array("FLOAT", 4, 2, 1L << 62, 4, 1, 1, 0, 1, 99)),
        MalformedInputException.class,
        "impossible");
    assertFails(
        with(chain, COEFFICIENTS, array("FLOAT", 12, 1 << 30, 1, 12, 1, 1, 0, 1, 99)),
        MalformedInputException.class,
        "axes");
    assertFails(
        with(chain, COEFFICIENTS, array("UTF8", 12, 2, 1, 12, 1, 1, 0, 1, 99)),
        UnsupportedModelException.class,
        "UTF8");
    assertFails(
        with(chain, COEFFICIENTS, array("FLOAT", 12, 2, 1, 12, 1, 1, 0, 1, 99)),
        MalformedInputException.class,
        "12 are left");
    byte[] more = chain.get(COEFFICIENTS).clone();
    // The last weight is no number.
    Arrays.fill(more, more.length - 8, more.length, (byte) 0xff);
    assertFails(with(chain, COEFFICIENTS, more), MalformedInputException.class, "is NaN");
  }

  @Test
  void namesThatWouldBreakTheLine() throws IOException {
    assertFails(
        replaced(
            replaced(chain, "\"first\"", "\"a\\n\\tat evil\\u001b[31m\""),
            "org.deeplearning4j.nn.conf.layers.ConvolutionLayer",
            "org.deeplearning4j.nn.conf.layers.\\nEvil"),
        UnsupportedModelException.class,
        "Evil");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sequential", "nested", "keras3-residual"})
  void damagedModelsOfKeras(String name) throws IOException {
    byte[] whole = Files.readAllBytes(KerasImporterTest.FIXTURES.resolve(name + ".h5"));
    read(new KerasImporter(), whole);
    for (int length = 0; length < whole.length; length += 1 + whole.length / 100) {
      survives(new KerasImporter(), Arrays.copyOf(whole, length), "the first " + length + " bytes");
    }
    Random random = new Random(8);
    for (int n = 0; n < 300; n++) {
      survives(new KerasImporter(), damaged(whole, random), "damage " + n);
    }
    // Half of the damage goes to where sizes and places are told, and not text or weights.
    for (int n = 0; n < 300; n++) {
      byte[] damaged = whole.clone();
      int at = random.nextInt(Math.min(4096, whole.length - 8));
      long value = random.nextBoolean() ? random.nextInt(whole.length) : random.nextLong();
      for (int i = 0; i < 1 + random.nextInt(8); i++) {
        damaged[at + i] = (byte) (value >> 8 * i);
      }
      survives(new KerasImporter(), damaged, "structural damage " + n);
    }
  }

  @Test
  void filesOfOtherKinds() throws IOException {
    Path missing = directory.resolve("missing.zip");
    for (ModelImporter importer : new ModelImporter[] {new Dl4jImporter(), new KerasImporter()}) {
      assertThat(importer.accepts(missing)).isFalse();
      assertThat(importer.accepts(directory)).isFalse();
      assertThatThrownBy(() -> importer.read(missing, OPTIONS))
          .isInstanceOf(MalformedInputException.class)
          .hasMessage("There is no file \"" + missing + "\"");
      for (String start :
          new String[] {"", "PK", "PK\u0003\u0004", "\u0089HDF\r\n\u001a\n", "{}"}) {
        byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> read(importer, bytes)).isInstanceOf(MalformedInputException.class);
      }
      Path onnx = Path.of("..", "examples", "shapes.onnx");
      assertThat(importer.accepts(onnx)).isFalse();
    }
    Path zip = Files.write(directory.resolve("some.zip"), zip(Map.of("a.txt", new byte[3])));
    assertThat(new Dl4jImporter().accepts(zip)).isFalse();
    Path network = Files.write(directory.resolve("network"), zip(graph));
    assertThat(new Dl4jImporter().accepts(network)).isTrue();
    assertThat(new KerasImporter().accepts(network)).isFalse();
    Path keras = KerasImporterTest.FIXTURES.resolve("sequential.h5");
    assertThat(new KerasImporter().accepts(keras)).isTrue();
    assertThat(new Dl4jImporter().accepts(keras)).isFalse();
  }
}
