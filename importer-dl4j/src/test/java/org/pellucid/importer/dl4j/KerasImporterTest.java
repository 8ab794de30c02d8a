package org.pellucid.importer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;

/** Imported models compute what Keras computed; see {@code src/test/fixtures/keras/make.py}. */
class KerasImporterTest {
  static final Path FIXTURES = Path.of("src", "test", "fixtures", "keras");

  /** The fixture with open image sizes was run at this one. */
  static final ImportOptions OPTIONS = new ImportOptions(Map.of(), 12, 12);

  static Stream<String> names() {
    return Stream.of(
        "sequential",
        "residual",
        "functions",
        "arranged",
        "series",
        "volumes",
        "nested",
        "channels-first",
        "keras3-sequential",
        "keras3-residual",
        "keras3-functions",
        "keras3-nested");
  }

  @ParameterizedTest
  @MethodSource("names")
  void computesWhatKerasComputes(String name) {
    ModelGraph graph = new KerasImporter().read(FIXTURES.resolve(name + ".h5"), OPTIONS);
    String input = graph.inputs().keySet().iterator().next();
    Tensor x = Npy.read(FIXTURES.resolve(name + ".input.npy"));
    Tensor expected = Npy.read(FIXTURES.resolve(name + ".output.npy"));
    String output = graph.outputs().get(0);
    Tensor found =
        new ReferenceInterpreter(graph).run(Map.of(input, x), Set.of(output)).get(output);
    assertThat(found.shape()).isEqualTo(expected.shape());
    // Keras ran in float64, but for volumes, and with some constants of float32.
    assertThat(found.toDoubleArray())
        .containsExactly(expected.toDoubleArray(), within(name.equals("volumes") ? 1e-6 : 1e-8));
  }
}
