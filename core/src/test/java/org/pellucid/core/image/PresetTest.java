package org.pellucid.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.MalformedInputException;

class PresetTest {
  @TempDir Path folder;

  private Path file(String json) throws IOException {
    Path file = folder.resolve("shapes.preset.json");
    Files.writeString(file, json);
    return file;
  }

  @Test
  void isFoundBesideItsModel() throws IOException {
    Path model = folder.resolve("shapes.onnx");
    assertThat(Preset.find(model)).isEmpty();
    file(
        """
        {"size": [64, 96], "resize": "fit", "layout": "nhwc", "channels": "bgr",
         "scale": 127.5, "mean": [1.0, 1.5, 2], "std": [0.5]}
        """);
    assertThat(Preset.find(model))
        .contains(
            new Preset(
                Optional.of(new Preset.Size(64, 96)),
                Preset.Resize.FIT,
                Preset.Layout.NHWC,
                Preset.Channels.BGR,
                127.5,
                List.of(1.0, 1.5, 2.0),
                List.of(0.5)));
  }

  @Test
  void hasDefaultsForWhatDoesNotChangeNumbers() throws IOException {
    Path file = file("{\"scale\": 255.0, \"mean\": [0], \"std\": [1]}");
    assertThat(Preset.read(file)).isEqualTo(Preset.UNIT);
  }

  @Test
  void survivesWritingAndReading() {
    Path file = folder.resolve("new/copy.json");
    for (String name : Preset.names()) {
      Preset preset = Preset.of(name).withSize(new Preset.Size(3, 5));
      preset.write(file);
      assertThat(Preset.read(file)).isEqualTo(preset);
      assertThat(Preset.of(file.toString())).isEqualTo(preset);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"scale\":1,\"mean\":[0],\"std\":[1],\"means\":[0]} | \"means\" | mean, ",
        "{\"scale\":1,\"mean\":[0]} | \"std\" | required",
        "{\"scale\":\"1\",\"mean\":[0],\"std\":[1]} | \"scale\" | a number",
        "{\"scale\":0,\"mean\":[0],\"std\":[1]} | scale | positive",
        "{\"scale\":1,\"mean\":0,\"std\":[1]} | \"mean\" | list",
        "{\"scale\":1,\"mean\":[true],\"std\":[1]} | \"mean\" | a number",
        "{\"scale\":1,\"mean\":[0,0],\"std\":[1]} | mean | one per channel",
        "{\"scale\":1,\"mean\":[0],\"std\":[1,0,1]} | std | no zeros",
        "{\"scale\":1,\"mean\":[1e999],\"std\":[1]} | mean | finite",
        "{\"scale\":1,\"mean\":[0],\"std\":[1],\"resize\":\"squash\"} | \"resize\" | \"crop\"",
        "{\"scale\":1,\"mean\":[0],\"std\":[1],\"layout\":3} | \"layout\" | \"nchw\"",
        "{\"scale\":1,\"mean\":[0],\"std\":[1],\"channels\":\"RGB\"} | \"channels\" | \"rgb\"",
        "{\"scale\":1,\"mean\":[0],\"std\":[1],\"size\":[224]} | \"size\" | [height, width]",
        "{\"scale\":1,\"mean\":[0],\"std\":[1],\"size\":[2.5,3]} | \"size\" | [height, width]",
        "{\"scale\":1,\"mean\":[0],\"std\":[1],\"size\":[0,3]} | size | at least 1",
        "[1, 2] | object | scale",
        "{\"scale\":1,} | JSON | JSON",
        "'' | JSON | JSON",
        "{} {} | JSON | JSON"
      })
  void namesWhatIsWrong(String json, String key, String works) throws IOException {
    Path file = file(json);
    assertThatThrownBy(() -> Preset.read(file))
        .isInstanceOf(MalformedInputException.class)
        .message()
        .contains(file.toString(), key, works)
        .doesNotContain("\n");
  }

  @Test
  void survivesDeepNesting() throws IOException {
    Path file = file("[".repeat(1 << 20));
    assertThatThrownBy(() -> Preset.read(file)).isInstanceOf(MalformedInputException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"imagnet", "IMAGENET.json"})
  void namesTheNearestPreset(String name) {
    assertThatThrownBy(() -> Preset.of(name))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("are \"imagenet\"");
  }

  @Test
  void partsCanBeReplaced() {
    Preset preset =
        Preset.CAFFE
            .withMean(List.of(1.0))
            .withStd(List.of(2.0, 3.0, 4.0))
            .withResize(Preset.Resize.CROP)
            .withLayout(Preset.Layout.NCHW);
    assertThat(preset.mean()).containsExactly(1.0);
    assertThat(preset.std()).containsExactly(2.0, 3.0, 4.0);
    assertThat(preset.channels()).isEqualTo(Preset.Channels.BGR);
    assertThat(preset.resize()).isEqualTo(Preset.Resize.CROP);
    assertThat(preset.layout()).isEqualTo(Preset.Layout.NCHW);
    assertThatThrownBy(() -> Preset.UNIT.withStd(List.of(Double.NaN)))
        .isInstanceOf(InvalidRequestException.class);
  }
}
