package org.pellucid.it.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelImporter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.testkit.ModelImporterContract;

/** On networks that PyTorch's exporter wrote, whose weights are in a file beside them. */
class OnnxImporterContractTest extends ModelImporterContract {
  @TempDir private static Path folder;

  private static List<KnownModel> known;

  @BeforeAll
  static void write() throws IOException {
    known = List.of(model("squeezenet"), model("vit"));
  }

  private static KnownModel model(String name) throws IOException {
    ArchitectureFixture fixture = ArchitectureFixture.of(name);
    Path file = fixture.write(Files.createDirectory(folder.resolve(name)));
    Shape one = Shape.of(fixture.input().shape()).with(0, 1);
    double[] logits = fixture.output().values()[0];
    return new KnownModel(
        file,
        List.of(file.resolveSibling("weights.bin")),
        new ImportOptions(Map.of(fixture.input().name(), one), one.dim(2), one.dim(3)),
        Map.of(fixture.input().name(), fixture.image(0)),
        Map.of(fixture.output().logits(), Tensor.of(Shape.of(1, logits.length), logits)),
        1e-6);
  }

  @Override
  protected ModelImporter importer() {
    return new OnnxImporter();
  }

  @Override
  protected List<KnownModel> knownModels() {
    return known;
  }
}
