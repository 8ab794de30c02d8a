package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;
import org.pellucid.testkit.GraphBuilder;

/** Several concepts in one picture, from the command to the files. */
class ConceptsTest {
  @TempDir Path folder;

  @Test
  void whatIsRedAndWhatIsBlueHaveColoursOfTheirOwn() throws IOException {
    List<Integer> one = List.of(1, 1);
    List<Integer> none = List.of(0, 0);
    // The layer's feature maps are red and blue.
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 3, 8, 8)
            .constant("w", Tensor.of(Shape.of(2, 3, 1, 1), 1f, 0f, 0f, 0f, 0f, 1f))
            .constant("head", Tensor.of(Shape.of(2, 2), 1f, 0f, 0f, 1f))
            .node("conv", new Conv(one, one, none, none, 1), "image", "w")
            .node("layer", new Unary.Relu(), "conv")
            .node("means", new Reduce.ReduceMean(List.of(2, 3), false), "layer")
            .node("scores", new Gemm(1, 1, false, true), "means", "head")
            .build("scores");
    Path model = folder.resolve("model.onnx");
    OnnxWriter.write(graph, model, WriteOptions.DEFAULT);
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64; i++) {
      // A red column at the left, and two blue ones at the right.
      int column = i % 8;
      image.setRGB(column, i / 8, column == 0 ? 0xff0000 : column > 5 ? 0x0000ff : 0);
    }
    Path file = folder.resolve("flags.png");
    ImageIO.write(image, "png", file.toFile());
    Path out = folder.resolve("out");
    Command.Outcome outcome =
        Command.run(
            "explain",
            model,
            file,
            "--preset=none",
            "--method=dff",
            "--option=concepts=2",
            "--overlay=1",
            "-o",
            out);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    String stem = "flags.deep-feature-factorization";
    JsonObject json =
        JsonParser.parseString(Files.readString(out.resolve(stem + ".json"))).getAsJsonObject();
    JsonArray concepts = json.getAsJsonArray("concepts");
    assertThat(concepts).hasSize(2);
    assertThat(concepts.get(0).getAsJsonObject().get("share").getAsDouble())
        .isCloseTo(2 / 3.0, within(1e-6));
    Tensor maps = Npy.read(out.resolve(stem + ".npy"));
    assertThat(maps.shape()).isEqualTo(Shape.of(2, 8, 8));
    BufferedImage picture = ImageIO.read(out.resolve(stem + ".png").toFile());
    for (int i = 0; i < 64; i++) {
      int column = i % 8;
      assertThat(maps.get(i) > 0).isEqualTo(column > 5);
      assertThat(maps.get(64 + i) > 0).isEqualTo(column == 0);
    }
    assertThat(new Color(picture.getRGB(7, 4)))
        .isEqualTo(Color.decode(concepts.get(0).getAsJsonObject().get("colour").getAsString()));
    assertThat(new Color(picture.getRGB(0, 4)))
        .isEqualTo(Color.decode(concepts.get(1).getAsJsonObject().get("colour").getAsString()))
        .isNotEqualTo(new Color(picture.getRGB(7, 4)));
    assertThat(picture.getRGB(3, 4) & 0xffffff).isZero();
  }
}
