package org.pellucid.importer.dl4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;
import org.pellucid.graph.Shape;
import org.pellucid.testkit.ModelImporterContract;

/** On a network that DL4J makes and trains. */
class Dl4jImporterContractTest extends ModelImporterContract {
  @TempDir private static Path saved;

  private static KnownModel lenet;

  @Override
  protected ModelImporter importer() {
    return new Dl4jImporter();
  }

  @Override
  protected List<KnownModel> knownModels() {
    if (lenet == null) {
      lenet = known("lenet");
    }
    return List.of(lenet);
  }

  private static KnownModel known(String name) {
    Dl4jModels.Example example = Dl4jModels.named(name);
    Path file = saved.resolve(name + ".zip");
    try {
      ModelSerializer.writeModel(example.network(), file.toFile(), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Names of tensors are known by the file alone.
    ModelGraph graph = new Dl4jImporter().read(file, Dl4jImporterTest.options(example));
    String input = graph.inputs().keySet().iterator().next();
    INDArray output = Dl4jImporterTest.outputs(example)[0];
    return new KnownModel(
        file,
        Dl4jImporterTest.options(example),
        Map.of(input, Dl4jImporterTest.tensor(example.input(), graph.type(input).shape())),
        Map.of(
            graph.outputs().get(0),
            Dl4jImporterTest.tensor(output, Shape.of(1, (int) output.size(1)))),
        1e-9);
  }
}
