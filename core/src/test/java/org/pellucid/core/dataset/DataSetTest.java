package org.pellucid.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.ObjectMask;
import org.pellucid.core.dataset.DataSet.Item;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.Preset;
import org.pellucid.graph.MalformedInputException;

/** What data sets are read as, by hand: images of 8 by 6 pixels. */
class DataSetTest {
  /** The input is as large as the image. */
  private static final Geometry SAME = Geometry.of(Preset.Resize.STRETCH, 8, 6, 8, 6);

  @TempDir private Path folder;

  private Path image(String name) throws IOException {
    return picture(name, new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB));
  }

  private Path picture(String name, BufferedImage picture) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  /** Pixels of a colour, all others black. */
  private Path mask(String name, int colour, int... pixels) throws IOException {
    BufferedImage picture = new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB);
    for (int pixel : pixels) {
      picture.setRGB(pixel % 8, pixel / 8, colour);
    }
    return picture(name, picture);
  }

  private Path text(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static ObjectMask pixels(int... pixels) {
    BitSet set = new BitSet();
    for (int pixel : pixels) {
      set.set(pixel);
    }
    return ObjectMask.of(6, 8, set);
  }

  private static ObjectMask on(AnnotatedObject object) {
    return object.outline().on(SAME).orElseThrow();
  }

  private static List<String> names(DataSet data) {
    return data.items().stream().map(Item::name).toList();
  }

  @Test
  void foldersOfImages() throws IOException {
    image("b.png");
    image("a.PNG");
    text("notes.txt", "no image");
    text(".hidden.png", "no image");
    DataSet data = DataSet.open(folder);
    assertThat(names(data)).containsExactly("a.PNG", "b.png");
    assertThat(data.annotated()).isFalse();
    mask("b.mask.png", 0x000001, 9);
    DataSet masked = DataSet.open(folder);
    assertThat(masked.annotated()).isTrue();
    assertThat(names(masked)).containsExactly("a.PNG", "b.png");
    assertThat(on(masked.items().get(1).annotations().objects().get(0))).isEqualTo(pixels(9));
    assertThat(DataSet.open(folder.resolve("b.png")).items()).hasSize(1);
    assertThat(data.first(1).items()).hasSize(1);
  }

  @Test
  void aFolderPerClass() throws IOException {
    image("disc/1.png");
    image("star/1.png");
    DataSet data = DataSet.open(folder);
    assertThat(names(data)).containsExactly("disc/1.png", "star/1.png");
    assertThat(data.items().get(1).category()).hasValue("star");
  }

  @Test
  void masksWithAnIndex() throws IOException {
    image("x.png");
    mask("x.mask.png", 0x020202, 3, 4);
    text(
        "images.json",
        "{\"images\": [{\"file\": \"x.png\", \"mask\": \"x.mask.png\", \"objects\": ["
            + "{\"value\": 2, \"class\": \"star\", \"index\": 6},"
            + "{\"class\": \"disc\", \"box\": [1, 2, 3, 4]}]}]}");
    List<AnnotatedObject> objects = DataSet.open(folder).items().get(0).annotations().objects();
    assertThat(on(objects.get(0))).isEqualTo(pixels(3, 4));
    assertThat(objects.get(0).index()).hasValue(6);
    assertThat(on(objects.get(1))).isEqualTo(ObjectMask.box(6, 8, 2, 1, 2, 2));
    assertThat(objects.get(1).category()).isEqualTo("disc");
  }

  @Test
  void coco() throws IOException {
    image("val/x.png");
    Path file =
        text(
            "annotations/instances.json",
            "{\"info\": {\"a\": [1]}, \"images\": [{\"id\": 7, \"file_name\": \"x.png\","
                + " \"width\": 8, \"height\": 6}], \"categories\": [{\"id\": 3, \"name\": \"cat\"}],"
                + " \"annotations\": ["
                + "{\"image_id\": 7, \"category_id\": 3, \"bbox\": [1.5, 0, 2, 1]},"
                // A triangle of which the middles of three pixels lie inside, and a square.
                + "{\"image_id\": 7, \"category_id\": 3, \"segmentation\": [[0, 0, 2.2, 0, 0, 2.2],"
                + " [5, 5, 6, 5, 6, 6, 5, 6]]},"
                // Down the columns: 2 outside, 3 inside, the rest outside.
                + "{\"image_id\": 7, \"category_id\": 3, \"segmentation\": {\"size\": [6, 8],"
                + " \"counts\": [2, 3, 43]}},"
                // The same as text: 43 = 11 + 32 in two groups.
                + "{\"image_id\": 7, \"category_id\": 3, \"segmentation\": {\"size\": [6, 8],"
                + " \"counts\": \"23[1\"}},"
                + "{\"image_id\": 7, \"category_id\": 3, \"bbox\": [0, 0, 1, 1], \"iscrowd\": 1}]}");
    DataSet data = DataSet.open(file);
    assertThat(names(data)).containsExactly("x.png");
    assertThat(data.items().get(0).file()).exists();
    List<AnnotatedObject> objects = data.items().get(0).annotations().objects();
    assertThat(objects).hasSize(4).allMatch(object -> object.category().equals("cat"));
    // Pixels 1 and 2 of the first row: from 1.5 on, the middle of pixel 1 belongs to it.
    assertThat(on(objects.get(0))).isEqualTo(ObjectMask.box(6, 8, 0, 1, 1, 2));
    assertThat(on(objects.get(1))).isEqualTo(pixels(0, 1, 8, 5 * 8 + 5));
    assertThat(on(objects.get(2))).isEqualTo(pixels(16, 24, 32));
    assertThat(on(objects.get(3))).isEqualTo(pixels(16, 24, 32));
    assertThat(DataSet.open(file, Optional.of(folder.resolve("val"))).items()).hasSize(1);
  }

  @Test
  void runsWithEmptyOnesAmongThem() {
    // Inside from the first pixel on; an empty run outside between two inside.
    RunsOutline outline = new RunsOutline(6, 8, new long[] {0, 2, 0, 1, 45});
    assertThat(outline.on(SAME).orElseThrow()).isEqualTo(pixels(0, 8, 16));
    assertThat(RunsOutline.decompressed("0")).containsExactly(0);
  }

  @Test
  void voc() throws IOException {
    image("JPEGImages/x.png");
    text(
        "Annotations/x.xml",
        "<annotation><filename>x.png</filename><size><width>8</width></size>"
            + "<object><name>cat</name><bndbox><xmin>2</xmin><ymin>1</ymin><xmax>3</xmax>"
            + "<ymax>1</ymax></bndbox><part><name>head</name><bndbox><xmin>1</xmin></bndbox></part>"
            + "</object></annotation>");
    DataSet data = DataSet.open(folder);
    assertThat(data.kind()).isEqualTo("Pascal VOC");
    AnnotatedObject box = data.items().get(0).annotations().objects().get(0);
    assertThat(box.category()).isEqualTo("cat");
    assertThat(on(box)).isEqualTo(ObjectMask.box(6, 8, 0, 1, 1, 2));
    // With outlines: object 1 is a cat (class 8, dark red), with a border that is nobody's.
    assertThat(VocReader.colour(8)).isEqualTo(0x400000);
    assertThat(VocReader.colour(15)).isEqualTo(0xC08080);
    mask("SegmentationObject/x.png", 0x800000, 9, 10);
    mask("SegmentationClass/x.png", 0x400000, 9, 10);
    AnnotatedObject outlined = DataSet.open(folder).items().get(0).annotations().objects().get(0);
    assertThat(outlined.category()).isEqualTo("cat");
    assertThat(on(outlined)).isEqualTo(pixels(9, 10));
  }

  @Test
  void objectsFollowTheImageToTheInput() {
    // Cropped to the middle 6 of 8 columns, then halved: 3 by 3.
    Geometry cropped = Geometry.of(Preset.Resize.CROP, 8, 6, 3, 3);
    assertThat(new BoxOutline(0, 0, 1, 6).on(cropped)).isEmpty();
    assertThat(new BoxOutline(0, 0, 3, 2).on(cropped)).hasValue(ObjectMask.box(3, 3, 0, 0, 1, 1));
    // Too small for the middle of any pixel.
    assertThat(new BoxOutline(2.1, 2.1, 2.2, 2.2).on(SAME)).isEmpty();
    assertThat(new BoxOutline(-50, -50, 500, 500).on(SAME))
        .hasValue(ObjectMask.box(6, 8, 0, 0, 6, 8));
  }

  @Test
  void aFileOutsideIsRefused() throws IOException {
    text("images.json", "{\"images\": [{\"file\": \"../secret.png\"}]}");
    assertThatThrownBy(() -> DataSet.open(folder))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("lies outside");
  }

  @Test
  void entitiesAreNotExpanded() throws IOException {
    image("JPEGImages/x.png");
    Path secret = text("secret.txt", "the secret");
    text(
        "Annotations/x.xml",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \""
            + secret.toUri()
            + "\">]><annotation><filename>&x;</filename></annotation>");
    DataSet data = DataSet.open(folder);
    assertThat(names(data)).allMatch(name -> !name.contains("secret"));
    try {
      assertThat(data.items().get(0).annotations().objects()).isEmpty();
    } catch (MalformedInputException e) {
      assertThat(e).hasMessageContaining("not valid XML").hasMessageNotContaining("the secret");
    }
  }

  /** It is told when that image is looked at; the others can be. */
  @Test
  void aDamagedAnnotationIsThatOfItsImage() throws IOException {
    image("JPEGImages/x.png");
    text("Annotations/w.xml", "<annotation><filename>w.png</filename>");
    text("Annotations/x.xml", "<annotation><filename>x.png</filename></annotation>");
    DataSet data = DataSet.open(folder);
    assertThat(names(data)).containsExactly("w.jpg", "x.png");
    assertThatThrownBy(data.items().get(0).annotations()::objects)
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("w.xml is not valid XML");
    assertThat(data.items().get(1).annotations().objects()).isEmpty();
  }

  @Test
  void imagesOfOneNameAreNamed() throws IOException {
    image("x.png");
    text("images.json", "{\"images\": [{\"file\": \"x.png\"}, {\"file\": \"x.png\"}]}");
    assertThatThrownBy(() -> DataSet.open(folder))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("have one name, \"x.png\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "{\"images\": []}",
        "{\"images\": [1]}",
        "{\"images\": [{\"id\": 1, \"file_name\": \"x.png\", \"width\": 0, \"height\": 6}]}",
        "{\"images\": [{\"id\": 1e300, \"file_name\": \"x.png\", \"width\": 8, \"height\": 6}]}",
        "{\"images\": [{\"id\": 1, \"file_name\": \"../x.png\", \"width\": 8, \"height\": 6}]}",
        "{\"images\": [{\"id\": 1, \"file_name\": \"x.png\", \"width\": 8, \"height\": 6}],"
            + " \"annotations\": [{\"image_id\": 2, \"category_id\": 1}]}",
        "{\"images\": [{\"id\": 1, \"file_name\": \"x.png\", \"width\": 8, \"height\": 6}",
      })
  void damagedCoco(String json) throws IOException {
    image("x.png");
    Path file = text("coco.json", json);
    assertThatThrownBy(() -> DataSet.open(file)).isInstanceOf(MalformedInputException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"bbox\": [0, 0, 0, 1]",
        "\"bbox\": [0, 0, 1]",
        "\"bbox\": [0, 0, 1, \"1\"]",
        "\"bbox\": [0, 0, 1, 1], \"segmentation\": [[0, 0, 1, 1]]",
        "\"bbox\": [0, 0, 1, 1], \"segmentation\": {\"size\": [60000, 60000], \"counts\": [1]}",
        "\"bbox\": [0, 0, 1, 1], \"segmentation\": {\"size\": [6, 8], \"counts\": [1]}",
        "\"bbox\": [0, 0, 1, 1], \"segmentation\": {\"size\": [6, 8], \"counts\": [-1, 49]}",
        "\"bbox\": [0, 0, 1, 1], \"segmentation\": {\"size\": [6, 8], \"counts\": [1e18, 1e18]}",
        "\"bbox\": [0, 0, 1, 1], \"segmentation\": {\"size\": [6, 8], \"counts\": \"~~~~\"}",
        "\"bbox\": [0, 0, 1, 1], \"segmentation\": {\"size\": [6, 8], \"counts\": \"PPPPPPPPPPPPP\"}",
        "\"bbox\": [0, 0, 1, 1], \"segmentation\": {\"size\": [6, 8]}",
      })
  void damagedObjectsOfCocoFailWithTheirImage(String object) throws IOException {
    image("x.png");
    Path file =
        text(
            "coco.json",
            "{\"images\": [{\"id\": 1, \"file_name\": \"x.png\", \"width\": 8, \"height\": 6}],"
                + " \"annotations\": [{\"image_id\": 1, \"category_id\": 1, "
                + object
                + "}]}");
    Annotations annotations = DataSet.open(file).items().get(0).annotations();
    assertThatThrownBy(annotations::objects).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void sizesThatLie() {
    RunsOutline outline = new RunsOutline(60, 80, new long[] {4800});
    assertThatThrownBy(() -> outline.on(SAME)).hasMessageContaining("8 x 6");
  }

  @Test
  void whatIsNone() {
    assertThatThrownBy(() -> DataSet.open(folder)).hasMessageContaining("has no images");
    assertThatThrownBy(() -> DataSet.open(folder.resolve("nothing")))
        .hasMessageContaining("does not exist");
  }
}
