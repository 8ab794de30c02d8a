package org.pellucid.importer.dl4j;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;
import org.pellucid.testkit.ModelImporterContract;

class KerasImporterContractTest extends ModelImporterContract {
  @Override
  protected ModelImporter importer() {
    return new KerasImporter();
  }

  /** Of Keras 2 and of Keras 3; see {@code src/test/fixtures/keras/make.py}. */
  @Override
  protected List<KnownModel> knownModels() {
    return Stream.of("sequential", "keras3-residual")
        .map(KerasImporterContractTest::known)
        .toList();
  }

  private static KnownModel known(String name) {
    Path fixtures = KerasImporterTest.FIXTURES;
    Path file = fixtures.resolve(name + ".h5");
    // Names of tensors are known by the file alone.
    ModelGraph graph = new KerasImporter().read(file, KerasImporterTest.OPTIONS);
    return new KnownModel(
        file,
        KerasImporterTest.OPTIONS,
        Map.of(
            graph.inputs().keySet().iterator().next(),
            Npy.read(fixtures.resolve(name + ".input.npy"))),
        Map.of(graph.outputs().get(0), Npy.read(fixtures.resolve(name + ".output.npy"))),
        1e-8);
  }
}
