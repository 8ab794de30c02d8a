package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;
import org.pellucid.graph.Node;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.op.Operations;

/**
 * What every importer must do. Extend it in a test, give it models with known answers, and inherit
 * the proof:
 *
 * <pre>{@code
 * class MyImporterTest extends ModelImporterContract {
 *   @Override
 *   protected ModelImporter importer() {
 *     return new MyImporter();
 *   }
 *
 *   @Override
 *   protected List<KnownModel> knownModels() {
 *     return List.of(
 *         new KnownModel(
 *             Path.of("src/test/models/small.mine"),
 *             ImportOptions.DEFAULT,
 *             Map.of("image", image),
 *             Map.of("scores", Tensor.of(Shape.of(1, 2), 54.0, 0.0)),
 *             1e-6));
 *   }
 * }
 * }</pre>
 *
 * <p>It checks the numbers, gradients against differences, that a model is read alike every time
 * and by several threads, that files are told apart, and that damaged ones (cut off anywhere, bytes
 * changed) end in failures for a person and in nothing else. Known models had better be small: they
 * are read some hundred times.
 */
public abstract class ModelImporterContract {
  private static final int CUTS = 60;
  private static final int CHANGES = 120;

  @TempDir private Path folder;

  /** For subclasses. */
  protected ModelImporterContract() {}

  /** The importer that is tested. */
  protected abstract ModelImporter importer();

  /** Models with known answers; at least one. */
  protected abstract List<KnownModel> knownModels();

  /**
   * Valid files of the format that use what the importer does not support: each must be refused,
   * saying by what. By default none.
   *
   * @return by file, a word that the message must have
   */
  protected Map<Path, String> unsupported() {
    return Map.of();
  }

  /**
   * A model and what is known of it.
   *
   * @param file the model
   * @param beside further files that belong to it, in the same directory
   * @param options how it is read
   * @param inputs a value per input
   * @param tensors by name some tensors' values for these inputs, as the framework of the format
   *     computes them: outputs, and better layers, too
   * @param tolerance by how much they may differ, absolutely
   */
  public record KnownModel(
      Path file,
      List<Path> beside,
      ImportOptions options,
      Map<String, Tensor> inputs,
      Map<String, Tensor> tensors,
      double tolerance) {
    /** Copies the collections. */
    public KnownModel {
      beside = List.copyOf(beside);
      inputs = Map.copyOf(inputs);
      tensors = Map.copyOf(tensors);
    }

    /** A model in one file. */
    public KnownModel(
        Path file,
        ImportOptions options,
        Map<String, Tensor> inputs,
        Map<String, Tensor> tensors,
        double tolerance) {
      this(file, List.of(), options, inputs, tensors, tolerance);
    }

    @Override
    public String toString() {
      return file.toString();
    }
  }

  private ModelGraph read(KnownModel model) {
    return importer().read(model.file(), model.options());
  }

  // What it says of itself

  @Test
  void introducesItselfAndIsFoundAsAService() {
    assertThat(importer().id())
        .as("id(): short, lower case, with hyphens")
        .matches("[a-z][a-z0-9-]*");
    assertThat(
            ServiceLoader.load(ModelImporter.class).stream()
                .map(ServiceLoader.Provider::type)
                .filter(type -> type == importer().getClass()))
        .as(
            "META-INF/services/%s has a line %s, once",
            ModelImporter.class.getName(), importer().getClass().getName())
        .hasSize(1);
  }

  @Test
  void tellsItsFilesFromOthers() throws IOException {
    assertThat(knownModels()).as("knownModels(): without any nothing can be checked").isNotEmpty();
    for (KnownModel model : knownModels()) {
      assertThat(importer().accepts(model.file())).as("accepts(%s)", model).isTrue();
    }
    byte[] noise = new byte[1000];
    new Random(1).nextBytes(noise);
    Map<String, byte[]> others =
        Map.of(
            "empty",
            new byte[0],
            "text",
            "no model at all\n".getBytes(StandardCharsets.UTF_8),
            "picture",
            new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0},
            "noise",
            noise);
    for (Map.Entry<String, byte[]> other : others.entrySet()) {
      Path file = Files.write(folder.resolve(other.getKey()), other.getValue());
      assertThat(importer().accepts(file)).as("accepts(a file of %s)", other.getKey()).isFalse();
    }
    for (Path nothing : List.of(folder, folder.resolve("nowhere"), Path.of(""))) {
      assertThatCode(() -> importer().accepts(nothing))
          .as("accepts(%s): it never throws", nothing)
          .doesNotThrowAnyException();
    }
  }

  // What it reads

  @Test
  void knownAnswers() {
    for (KnownModel model : knownModels()) {
      ModelGraph graph = read(model);
      assertThat(graph.inputs().keySet())
          .as("inputs of %s", model)
          .isEqualTo(model.inputs().keySet());
      Set<String> names = model.tensors().keySet();
      names.forEach(
          name ->
              assertThat(graph.has(name))
                  .as("%s: a tensor keeps the name of the file: \"%s\"", model, name)
                  .isTrue());
      Map<String, Tensor> found = new ReferenceInterpreter(graph).run(model.inputs(), names);
      model
          .tensors()
          .forEach(
              (name, expected) -> {
                String what = "\"" + name + "\" of " + model;
                assertThat(found.get(name).shape()).as(what).isEqualTo(expected.shape());
                assertThat(found.get(name).toDoubleArray())
                    .as(what)
                    .containsExactly(expected.toDoubleArray(), within(model.tolerance()));
              });
    }
  }

  @Test
  void graphsAreOfTheVocabularyAndOfConcreteShapes() {
    for (KnownModel model : knownModels()) {
      ModelGraph graph = read(model);
      assertThat(graph.outputs()).as("outputs of %s", model).isNotEmpty().doesNotHaveDuplicates();
      for (Node node : graph.nodes()) {
        assertThat(Operations.all())
            .as("%s of %s: engines know these operations and no others", node.describe(), model)
            .contains(node.operation().getClass());
        assertThat(node.name()).as("a node of %s has a name", model).isNotEmpty();
      }
      model
          .inputs()
          .forEach(
              (name, value) ->
                  assertThat(graph.type(name).shape())
                      .as("shape of the input \"%s\" of %s", name, model)
                      .isEqualTo(value.shape()));
    }
  }

  /** Along one direction of all floating inputs, at which networks have no kink but by chance. */
  @Test
  void gradientsAreThoseOfDifferences() {
    for (KnownModel model : knownModels()) {
      ModelGraph graph = read(model);
      String output =
          model.tensors().keySet().stream()
              .filter(name -> graph.type(name).elementType().isFloating())
              .filter(name -> graph.producer(name).isPresent())
              .findFirst()
              .orElseThrow();
      Set<String> at =
          graph.inputs().entrySet().stream()
              .filter(input -> input.getValue().elementType().isFloating())
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      Tensor seed = new Values(11).signed(graph.type(output).shape().dims());
      Map<String, Tensor> direction = new HashMap<>();
      at.forEach(
          name ->
              direction.put(
                  name, new Values(name.length()).signed(graph.type(name).shape().dims())));
      Differentiation differentiation = Differentiation.of(graph, Set.of(output), at);
      Map<String, Tensor> feeds = new HashMap<>(model.inputs());
      feeds.put(differentiation.seeds().get(output), seed);
      double derivative = 0;
      for (String name : at) {
        String gradient = differentiation.gradients().get(name);
        Tensor found =
            new ReferenceInterpreter(differentiation.graph())
                .run(feeds, Set.of(gradient))
                .get(gradient);
        derivative += dot(found, direction.get(name));
      }
      double step = 1e-6;
      double above = along(graph, model, direction, step, output, seed);
      double below = along(graph, model, direction, -step, output, seed);
      assertThat(derivative)
          .as("the derivative of \"%s\" of %s along a direction of its inputs", output, model)
          .isCloseTo(
              (above - below) / (2 * step),
              within(1e-4 * Math.max(1, Math.abs(above) + Math.abs(derivative))));
    }
  }

  private static double along(
      ModelGraph graph,
      KnownModel model,
      Map<String, Tensor> direction,
      double step,
      String output,
      Tensor seed) {
    Map<String, Tensor> moved = new HashMap<>(model.inputs());
    direction.forEach(
        (name, way) -> {
          double[] values = moved.get(name).toDoubleArray();
          for (int i = 0; i < values.length; i++) {
            values[i] += step * way.get(i);
          }
          moved.put(name, Tensor.of(way.shape(), values));
        });
    return dot(new ReferenceInterpreter(graph).run(moved, Set.of(output)).get(output), seed);
  }

  private static double dot(Tensor a, Tensor b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += a.get(i) * b.get(i);
    }
    return sum;
  }

  // Sameness

  @Test
  void aModelIsReadAlikeEveryTimeAndBySeveralThreads() throws Exception {
    ModelImporter shared = importer();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (KnownModel model : knownModels()) {
        ModelGraph first = read(model);
        List<Future<ModelGraph>> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          others.add(threads.submit(() -> shared.read(model.file(), model.options())));
        }
        for (Future<ModelGraph> other : others) {
          assertSame(other.get(), first, model);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertSame(ModelGraph found, ModelGraph first, KnownModel model) {
    assertThat(found.inputs()).as("inputs of %s", model).isEqualTo(first.inputs());
    assertThat(found.outputs()).as("outputs of %s", model).isEqualTo(first.outputs());
    assertThat(found.nodes()).as("nodes of %s", model).isEqualTo(first.nodes());
    assertThat(found.metadata()).as("metadata of %s", model).isEqualTo(first.metadata());
    assertThat(found.constants().keySet())
        .as("constants of %s", model)
        .isEqualTo(first.constants().keySet());
    found
        .constants()
        .forEach(
            (name, tensor) -> {
              TensorType type = first.constants().get(name).type();
              assertThat(tensor.type()).as("\"%s\" of %s", name, model).isEqualTo(type);
              assertThat(tensor.toDoubleArray())
                  .as("\"%s\" of %s", name, model)
                  .containsExactly(first.constants().get(name).toDoubleArray());
            });
  }

  // Failures

  @Test
  void whatIsNotThereIsNamed() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.model"));
    for (Path file : List.of(folder.resolve("nowhere.model"), empty)) {
      assertThatThrownBy(() -> importer().read(file, ImportOptions.DEFAULT))
          .as("read(%s): the message names the file", file)
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining(file.getFileName().toString());
    }
  }

  @Test
  void whatIsNotSupportedIsRefusedByName() {
    unsupported()
        .forEach(
            (file, word) ->
                assertThatThrownBy(() -> importer().read(file, ImportOptions.DEFAULT))
                    .as("read(%s): valid, not supported, and the message says what of it", file)
                    .isInstanceOf(UnsupportedModelException.class)
                    .hasMessageContaining(word));
  }

  /** Whether what is left still makes a model is the format's own business. */
  @Test
  void aFileThatEndsTooEarlyFailsForAPerson() throws IOException {
    for (KnownModel model : knownModels()) {
      byte[] whole = Files.readAllBytes(model.file());
      for (int cut = 0; cut < CUTS; cut++) {
        int length = (int) ((long) whole.length * cut / CUTS);
        survives(model, Arrays.copyOf(whole, length), "its first " + length + " bytes");
      }
    }
  }

  @Test
  void aFileWithOtherBytesFailsForAPersonOrIsAModel() throws IOException {
    Random random = new Random(2);
    for (KnownModel model : knownModels()) {
      byte[] whole = Files.readAllBytes(model.file());
      // What is said of a model mostly stands in front of its weights or behind them.
      int edge = Math.min(whole.length, 4000);
      for (int change = 0; change < CHANGES; change++) {
        byte[] changed = whole.clone();
        int at = random.nextInt(edge);
        at = change % 2 == 0 ? at : whole.length - 1 - at;
        changed[at] = (byte) random.nextInt();
        survives(model, changed, "byte " + at + " as " + changed[at]);
      }
    }
  }

  private void survives(KnownModel model, byte[] bytes, String what) throws IOException {
    Path copy =
        Files.createDirectories(folder.resolve("damaged-" + knownModels().indexOf(model)))
            .resolve(model.file().getFileName());
    Files.write(copy, bytes);
    for (Path other : model.beside()) {
      Path there = copy.resolveSibling(other.getFileName());
      if (!Files.exists(there)) {
        Files.copy(other, there);
      }
    }
    try {
      importer().accepts(copy);
      importer().read(copy, model.options());
    } catch (PellucidException e) {
      assertThat(e.getMessage()).as("%s with %s: the message", model, what).isNotBlank();
    } catch (RuntimeException | Error e) {
      throw new AssertionError(
          model
              + " with "
              + what
              + ": a damaged file ends in a MalformedInputException or an"
              + " UnsupportedModelException, found "
              + e,
          e);
    }
  }
}
