package org.pellucid.core.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.api.MapSelection;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.core.Explanation;
import org.pellucid.core.Layer;
import org.pellucid.core.Prediction;
import org.pellucid.core.Provenance;
import org.pellucid.core.Subject;
import org.pellucid.core.compare.LayerComparison.BackendAgreement;
import org.pellucid.core.compare.LayerComparison.Cell;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.Preset;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.page.Html;
import org.pellucid.core.render.Colormap;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.core.render.Upsampling;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** What a contact sheet shows where. */
class ContactSheetTest {
  private static final Layer LAYER =
      new Layer(
          0, new Tap("layer"), "n", "Relu", Shape.of(1, 2, 2), Layer.Stage.AFTER_ACTIVATION, true);
  private static final HeatmapSettings GRAY =
      HeatmapSettings.DEFAULT.with(Colormap.GRAY).with(Upsampling.NEAREST).withOverlay(1);
  private static final int RED = 0xb00020;

  private static LayerComparison comparison(double[] first, double[] second, Verdict verdict) {
    BufferedImage green = new BufferedImage(240, 240, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = green.createGraphics();
    graphics.setColor(Color.GREEN);
    graphics.fillRect(0, 0, 240, 240);
    graphics.dispose();
    Geometry geometry = Geometry.of(Preset.Resize.STRETCH, 240, 240, 240, 240);
    Subject subject =
        new Subject(
            "a.png", Map.of(), Optional.of(SourceImage.of(green)), geometry, Shape.of(240, 240));
    Prediction target = new Prediction(0, Optional.of("disc"), 1, Double.NaN);
    List<Cell> cells =
        List.of(
            new Cell("m", "one", Optional.of(explanation(subject, target, first)), ""),
            new Cell("m", "two", Optional.of(explanation(subject, target, second)), ""),
            new Cell("m", "three", Optional.empty(), "it cannot"));
    Optional<Settlement> settlement =
        Optional.of(new Settlement(verdict, List.of(), 0, List.of()))
            .filter(found -> verdict != Verdict.AGREES);
    BackendAgreement pair =
        new BackendAgreement("m", "one", "two", MapAgreement.of(first, second), 1, settlement);
    return new LayerComparison(
        subject,
        target,
        "one",
        Place.of(LAYER),
        List.of("m"),
        List.of("one", "two", "three"),
        cells,
        1e-4,
        List.of(pair),
        List.of());
  }

  private static Explanation explanation(Subject subject, Prediction target, double[] map) {
    Saliency saliency =
        new Saliency(
            Tensor.of(Shape.of(2, 2), map),
            List.of(),
            Optional.empty(),
            Status.OK,
            List.of(),
            Map.of());
    return new Explanation(
        saliency,
        target,
        target,
        List.of(LAYER),
        Optional.empty(),
        new Selection(List.of(LAYER.tap()), MapSelection.all(), NeuronSelection.ALL),
        Precision.FLOAT32,
        new Provenance("", "", "", "", "", "m", "", "", Map.of(), "one", "", "cpu", "float32", ""),
        0.1,
        subject.image(),
        Optional.empty(),
        subject.geometry());
  }

  private static int rgb(BufferedImage sheet, int x, int y) {
    return sheet.getRGB(x, y) & 0xffffff;
  }

  @Test
  void the_image_comes_first_and_each_map_in_its_column() {
    LayerComparison comparison =
        comparison(new double[] {1, 0, 0, 0}, new double[] {0, 0, 0, 1}, Verdict.AGREES);
    BufferedImage sheet = new ContactSheet(GRAY, new Lettering()).draw(comparison);
    assertThat(sheet.getWidth()).isEqualTo(12 + 4 * 252);
    // The image, the lit corner of the first map, the opposite one of the second.
    assertThat(rgb(sheet, 12 + 20, 56 + 20)).isEqualTo(0x00ff00);
    assertThat(rgb(sheet, 12 + 252 + 20, 56 + 20)).isEqualTo(0xffffff);
    assertThat(rgb(sheet, 12 + 252 + 220, 56 + 220)).isEqualTo(0x000000);
    assertThat(rgb(sheet, 12 + 2 * 252 + 220, 56 + 220)).isEqualTo(0xffffff);
    // No red frame.
    assertThat(rgb(sheet, 12 + 252 - 3, 56 + 100)).isEqualTo(0xffffff);
  }

  @ParameterizedTest
  @EnumSource(
      value = Verdict.class,
      names = {"SENSITIVE", "DISAGREES"})
  void what_differs_without_the_excuse_of_a_kink_has_a_red_frame(Verdict verdict) {
    LayerComparison comparison =
        comparison(new double[] {1, 0, 0, 0}, new double[] {0, 0, 0, 1}, verdict);
    BufferedImage sheet = new ContactSheet(GRAY, new Lettering()).draw(comparison);
    assertThat(rgb(sheet, 12 + 252 - 3, 56 + 100)).isEqualTo(RED);
    assertThat(rgb(sheet, 12 + 2 * 252 - 3, 56 + 100)).isEqualTo(RED);
    assertThat(rgb(sheet, 12 + 3 * 252 - 3, 56 + 100)).isNotEqualTo(RED);
  }

  @Test
  void a_kink_has_no_red_frame() {
    LayerComparison comparison =
        comparison(new double[] {1, 0, 0, 0}, new double[] {0, 0, 0, 1}, Verdict.KINK);
    BufferedImage sheet = new ContactSheet(GRAY, new Lettering()).draw(comparison);
    assertThat(rgb(sheet, 12 + 252 - 3, 56 + 100)).isNotEqualTo(RED);
  }

  @Test
  void a_machine_without_fonts_gets_a_sheet_without_names() {
    Lettering none =
        new Lettering() {
          @Override
          void draw(
              Graphics2D graphics,
              String text,
              int size,
              boolean bold,
              Color colour,
              int x,
              int y,
              int width) {
            throw new InternalError("Fontconfig head is null, check your fonts");
          }
        };
    LayerComparison comparison =
        comparison(new double[] {1, 0, 0, 0}, new double[] {0, 0, 0, 1}, Verdict.AGREES);
    BufferedImage sheet = new ContactSheet(GRAY, none).draw(comparison);
    assertThat(none.works()).isFalse();
    assertThat(rgb(sheet, 12 + 252 + 20, 56 + 20)).isEqualTo(0xffffff);
    assertThat(rgb(sheet, 14, 20)).isEqualTo(0xffffff);
  }

  @Test
  void a_small_image_is_enlarged_by_a_whole_number_and_a_large_one_shrinks() {
    Geometry geometry = Geometry.of(Preset.Resize.STRETCH, 50, 30, 50, 30);
    Subject small = new Subject("s", Map.of(), Optional.empty(), geometry, Shape.of(30, 50));
    assertThat(Thumbnail.of(small, 240).width()).isEqualTo(200);
    assertThat(Thumbnail.of(small, 240).height()).isEqualTo(120);
    Geometry wide = Geometry.of(Preset.Resize.STRETCH, 4800, 10, 50, 30);
    Subject large = new Subject("l", Map.of(), Optional.empty(), wide, Shape.of(30, 50));
    assertThat(Thumbnail.of(large, 240).width()).isEqualTo(240);
    assertThat(Thumbnail.of(large, 240).height()).isEqualTo(1);
  }

  @Test
  void text_of_the_page_is_escaped() {
    assertThat(Html.text("<b a=\"x\" c='y'>&amp;\u0000"))
        .isEqualTo("&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;\ufffd");
  }
}
