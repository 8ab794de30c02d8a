package org.pellucid.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;

class SourceImageTest {
  @TempDir Path folder;

  /**
   * Exact but for float rounding. The profiles exchange red and blue; they are not applied, as
   * networks are trained without.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "deep-rgb.png",
        "deep-grey.png",
        "grey.png",
        "grey-4-bits.png",
        "alpha.png",
        "grey-alpha.png",
        "key.png",
        "palette.png",
        "turned.png",
        "profile-lossless.png",
        "profile-webp.webp",
        "lossless.webp",
        "see-through.webp",
        "noted.webp",
        "animated.gif",
        "transparent.gif",
        "true-colour.bmp",
        "palette-16.bmp"
      })
  void readsLosslessFilesExactly(String name) {
    check(name, 1e-4);
  }

  /**
   * Two correct decoders differ by rounding of the transform and the way coarse chroma is widened;
   * for CMYK by the formula for inks without a profile. A wrong channel or an inversion is off by
   * far more.
   */
  @ParameterizedTest
  @CsvSource({
    "full-colour.jpg, 3",
    "profile.jpg, 3",
    "untransformed.jpg, 3",
    "grey-lossy.jpg, 2",
    "baseline.jpg, 6",
    "progressive.jpg, 6",
    "cmyk.jpg, 6",
    "ycck.jpg, 6"
  })
  void readsLossyFilesAsPillowDoes(String name, double tolerance) {
    check(name, tolerance);
  }

  /**
   * Lossy WebP stores colour at half the resolution, and the reader repeats it where others smooth
   * it: brightness agrees with Pillow's, colour only on average.
   */
  @Test
  void readsLossyWebp() {
    SourceImage image = SourceImage.read(Images.file("lossy.webp"));
    float[] expected = Images.expected("lossy").toFloatArray();
    double[] luma = {0.299, 0.587, 0.114};
    double sum = 0;
    for (int i = 0; i < expected.length; i += 3) {
      double difference = 0;
      for (int channel = 0; channel < 3; channel++) {
        int pixel = i / 3;
        double off =
            image.sample(channel, pixel % image.width(), pixel / image.width())
                - expected[i + channel];
        difference += luma[channel] * off;
        sum += Math.abs(off);
      }
      assertThat(difference).isBetween(-3.0, 3.0);
    }
    assertThat(sum / expected.length).isLessThan(10);
  }

  private static void check(String name, double tolerance) {
    SourceImage image = SourceImage.read(Images.file(name));
    var expected = Images.expected(name.substring(0, name.indexOf('.')));
    assertThat(Shape.of(image.height(), image.width(), 3)).isEqualTo(expected.shape());
    assertThat(Images.difference(image, expected)).isLessThan(tolerance);
  }

  /** A picture of 3 x 2 whose red says where each pixel was stored: 10 per column, 100 per row. */
  private static BufferedImage numbered() {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 2; y++) {
      for (int x = 0; x < 3; x++) {
        image.setRGB(x, y, (10 * x + 100 * y) << 16);
      }
    }
    return image;
  }

  /** By hand from the standard: where row 0 and column 0 of the stored image are displayed. */
  @ParameterizedTest
  @CsvSource({
    "1, '0 10 20, 100 110 120'",
    "2, '20 10 0, 120 110 100'",
    "3, '120 110 100, 20 10 0'",
    "4, '100 110 120, 0 10 20'",
    "5, '0 100, 10 110, 20 120'",
    "6, '100 0, 110 10, 120 20'",
    "7, '120 20, 110 10, 100 0'",
    "8, '20 120, 10 110, 0 100'",
    "0, '0 10 20, 100 110 120'",
    "9, '0 10 20, 100 110 120'"
  })
  void appliesTheOrientationsOfExif(int value, String displayed) throws IOException {
    Path file = folder.resolve("turned.png");
    Files.write(file, withExif(png(numbered()), value));
    SourceImage image = SourceImage.read(file);
    StringBuilder rows = new StringBuilder();
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        rows.append(x > 0 ? " " : y > 0 ? ", " : "").append((int) image.sample(0, x, y));
      }
    }
    assertThat(rows).hasToString(displayed);
  }

  /** The same through JPEG, whose EXIF block stands elsewhere; values after compression. */
  @Test
  void appliesTheOrientationOfJpeg() throws IOException {
    BufferedImage half = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        half.setRGB(x, y, 0xffffff);
      }
    }
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(half, "jpeg", jpeg);
    ByteArrayOutputStream marked = new ByteArrayOutputStream();
    byte[] exif = exif(6);
    marked.write(jpeg.toByteArray(), 0, 2);
    DataOutputStream data = new DataOutputStream(marked);
    data.writeShort(0xffe1);
    data.writeShort(2 + 6 + exif.length);
    data.write("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1));
    data.write(exif);
    marked.write(jpeg.toByteArray(), 2, jpeg.size() - 2);
    Path file = folder.resolve("half.jpg");
    Files.write(file, marked.toByteArray());
    SourceImage image = SourceImage.read(file);
    assertThat(image).hasToString("16 x 32");
    // The stored left half is white; turned clockwise, the left side becomes the top.
    assertThat(image.sample(1, 8, 4)).isGreaterThan(240);
    assertThat(image.sample(1, 8, 28)).isLessThan(15);
  }

  /** A TIFF block with the one entry that matters. */
  private static byte[] exif(int orientation) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    data.writeBytes("MM\0*");
    data.writeInt(8);
    data.writeShort(1);
    data.writeShort(0x0112);
    data.writeShort(3);
    data.writeInt(1);
    data.writeShort(orientation);
    data.writeShort(0);
    data.writeInt(0);
    return bytes.toByteArray();
  }

  private static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static byte[] withExif(byte[] png, int orientation) throws IOException {
    return withChunk(png, "eXIf", exif(orientation));
  }

  /** A PNG with a chunk more behind its header. */
  private static byte[] withChunk(byte[] png, String kind, byte[] content) throws IOException {
    int behindHeader = 8 + 4 + 4 + 13 + 4;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(png, 0, behindHeader);
    bytes.write(chunk(kind, content));
    bytes.write(png, behindHeader, png.length - behindHeader);
    return bytes.toByteArray();
  }

  private static byte[] chunk(String kind, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    byte[] name = kind.getBytes(StandardCharsets.ISO_8859_1);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content);
    data.writeInt(content.length);
    data.write(name);
    data.write(content);
    data.writeInt((int) crc.getValue());
    return bytes.toByteArray();
  }

  /** A PNG that claims a size and then has nothing. */
  private static byte[] claimed(int width, int height) throws IOException {
    return claimed(width, height, 8, 2);
  }

  private static byte[] claimed(int width, int height, int depth, int colourType)
      throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(header);
    data.writeInt(width);
    data.writeInt(height);
    data.write(new byte[] {(byte) depth, (byte) colourType, 0, 0, 0});
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    file.write(chunk("IHDR", header.toByteArray()));
    file.write(chunk("IDAT", new byte[0]));
    file.write(chunk("IEND", new byte[0]));
    return file.toByteArray();
  }

  private void refused(byte[] content, String... parts) throws IOException {
    Path file = folder.resolve("refused.img");
    Files.write(file, content);
    assertThatThrownBy(() -> SourceImage.read(file))
        .isInstanceOf(MalformedInputException.class)
        .message()
        .contains(file.toString())
        .satisfies(message -> assertThat(parts).allMatch(message::contains))
        .doesNotContain("\n");
  }

  @Test
  void refusesSizesBeforeDecoding() throws IOException {
    refused(claimed(65_535, 65_535), "65535 x 65535", "100 million");
    refused(claimed(100_000, 2), "100000 x 2", "65535 a side");
    refused(claimed(Integer.MAX_VALUE, Integer.MAX_VALUE), "refused.img");
    refused(claimed(0, 5), "refused.img");
    refused(claimed(-1, 5), "refused.img");
    byte[] gif = "GIF89a\u00ff\u00ff\u00ff\u00ff\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    refused(gif, "refused.img");
  }

  /** Fits the bounds, not the heap of the tests: an error with advice, not an out-of-memory. */
  @Test
  void refusesWhatDoesNotFitIntoTheHeap() throws IOException {
    byte[] content = claimed(10_000, 10_000, 16, 6);
    long needed = 100_000_000L * (8 + 3 * 4);
    if (Runtime.getRuntime().maxMemory() < needed) {
      refused(content, "-Xmx");
    } else {
      refused(content, "damaged PNG");
    }
  }

  @Test
  void refusesWhatIsNoImage() throws IOException {
    refused(new byte[0], "is empty", "PNG, JPEG, WebP, GIF and BMP work");
    refused("hello, world".getBytes(StandardCharsets.UTF_8), "no image", "PNG, JPEG, WebP");
    refused("<svg xmlns='...'/>".getBytes(StandardCharsets.UTF_8), "SVG");
    refused("II*\0abcdefgh".getBytes(StandardCharsets.UTF_8), "TIFF");
    assertThatThrownBy(() -> SourceImage.read(folder.resolve("missing.png")))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> SourceImage.read(folder))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("is not a file");
  }

  /**
   * Cut at many places, and with single bytes changed: an image or one line, never anything else.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "alpha.png",
        "palette.png",
        "baseline.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "profile.jpg",
        "lossless.webp",
        "lossy.webp",
        "see-through.webp",
        "animated.gif",
        "palette-16.bmp",
        "true-colour.bmp"
      })
  void survivesDamage(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Images.file(name));
    Path file = folder.resolve("damaged");
    for (int length = 0; length < whole.length; length += 1 + length / 6) {
      readsOrRefuses(file, Arrays.copyOf(whole, length));
    }
    for (int at = 0; at < whole.length; at += 1 + at / 6) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) 0xff;
      readsOrRefuses(file, damaged);
    }
  }

  private static void readsOrRefuses(Path file, byte[] content) throws IOException {
    Files.write(file, content);
    try {
      SourceImage.read(file);
    } catch (MalformedInputException e) {
      assertThat(e.getMessage()).contains(file.toString()).doesNotContain("\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alpha.png",
        "full-colour.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "lossless.webp",
        "transparent.gif",
        "true-colour.bmp"
      })
  void refusesFilesCutInTheMiddle(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Images.file(name));
    refused(Arrays.copyOf(whole, whole.length * 2 / 3));
  }

  /** A chunk of text that unpacks to 32 MiB is never unpacked. */
  @Test
  void skipsPackedMetadata() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.write("Comment\0\0".getBytes(StandardCharsets.ISO_8859_1));
    try (OutputStream deflater = new DeflaterOutputStream(text)) {
      deflater.write(new byte[32 << 20]);
    }
    Path file = folder.resolve("bomb.png");
    Files.write(file, withChunk(png(numbered()), "zTXt", text.toByteArray()));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThat(SourceImage.read(file).sample(0, 1, 1)).isEqualTo(110);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
  }

  /** The frame covers a part of its screen; the rest is transparent, so white. */
  @Test
  void placesTheFirstFrameOfAGif() throws IOException {
    Path file = folder.resolve("part.gif");
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    BufferedImage frame = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_BINARY);
    IIOMetadata stream = writer.getDefaultStreamMetadata(null);
    merge(
        stream,
        "LogicalScreenDescriptor",
        Map.of(
            "logicalScreenWidth", "6",
            "logicalScreenHeight", "5",
            "colorResolution", "1",
            "pixelAspectRatio", "0"));
    IIOMetadata image =
        writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(frame), null);
    merge(
        image,
        "ImageDescriptor",
        Map.of(
            "imageLeftPosition", "2",
            "imageTopPosition", "1",
            "imageWidth", "3",
            "imageHeight", "2",
            "interlaceFlag", "FALSE"));
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(stream);
      writer.writeToSequence(new IIOImage(frame, null, image), null);
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    SourceImage read = SourceImage.read(file);
    assertThat(read).hasToString("6 x 5");
    for (int y = 0; y < 5; y++) {
      for (int x = 0; x < 6; x++) {
        boolean inside = x >= 2 && x < 5 && y >= 1 && y < 3;
        assertThat(read.sample(0, x, y)).as("%d, %d", x, y).isEqualTo(inside ? 0 : 255);
      }
    }
  }

  private static void merge(IIOMetadata metadata, String name, Map<String, String> attributes)
      throws IOException {
    IIOMetadataNode root = new IIOMetadataNode(metadata.getNativeMetadataFormatName());
    IIOMetadataNode node = new IIOMetadataNode(name);
    attributes.forEach(node::setAttribute);
    root.appendChild(node);
    metadata.mergeTree(metadata.getNativeMetadataFormatName(), root);
  }

  /**
   * A profile that makes darks much lighter is not applied to RGB: networks are trained without.
   */
  @Test
  void takesValuesAsStoredWhateverTheProfile() throws IOException {
    byte[] jpeg = Files.readAllBytes(Images.file("full-colour.jpg"));
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    ByteArrayOutputStream marked = new ByteArrayOutputStream();
    marked.write(jpeg, 0, 2);
    DataOutputStream data = new DataOutputStream(marked);
    data.writeShort(0xffe2);
    data.writeShort(2 + 14 + profile.length);
    data.write("ICC_PROFILE\0\1\1".getBytes(StandardCharsets.ISO_8859_1));
    data.write(profile);
    marked.write(jpeg, 2, jpeg.length - 2);
    Path file = folder.resolve("profile.jpg");
    Files.write(file, marked.toByteArray());
    assertThat(Images.difference(SourceImage.read(file), Images.expected("full-colour")))
        .isLessThan(3);
  }

  @Test
  void readsInterlacedPng() throws IOException {
    Path file = folder.resolve("interlaced.png");
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    SourceImage image = SourceImage.read(Images.file("lossless.webp"));
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image.toBufferedImage(), null, null), param);
    } finally {
      writer.dispose();
    }
    SourceImage read = SourceImage.read(file);
    assertThat(Images.difference(read, Images.expected("lossless"))).isZero();
  }

  /** A path that is no file of the operating system: within a zip. */
  @Test
  void readsFromOtherFileSystems() throws IOException {
    try (FileSystem zip =
        FileSystems.newFileSystem(folder.resolve("images.zip"), Map.of("create", "true"))) {
      Path file = zip.getPath("/numbered.png");
      Files.write(file, png(numbered()));
      assertThat(SourceImage.read(file).sample(0, 2, 1)).isEqualTo(120);
    }
  }

  @Test
  void leavesNoFilesBehind() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    long before = cached(temporary);
    SourceImage.read(Images.file("profile.jpg"));
    SourceImage.read(Images.file("lossy.webp"));
    assertThat(cached(temporary)).isEqualTo(before);
  }

  private static long cached(Path temporary) throws IOException {
    try (var files = Files.list(temporary)) {
      return files.filter(f -> f.getFileName().toString().startsWith("imageio")).count();
    }
  }

  /** Grey values are not brightened, premultiplied alpha is undone, odd types go through Java. */
  @Test
  void takesImagesInMemory() {
    BufferedImage grey = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(0, 0, 0, 100);
    assertThat(SourceImage.of(grey).sample(2, 0, 0)).isEqualTo(100);

    for (int type : new int[] {BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_4BYTE_ABGR_PRE}) {
      BufferedImage half = new BufferedImage(1, 1, type);
      half.setRGB(0, 0, 0x80ff0000);
      SourceImage image = SourceImage.of(half);
      assertThat(image.sample(0, 0, 0)).isEqualTo(255);
      assertThat(image.sample(1, 0, 0)).isBetween(126f, 128f);
    }

    BufferedImage few = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_565_RGB);
    few.setRGB(0, 0, 0xff00ff);
    assertThat(SourceImage.of(few).sample(1, 0, 0)).isZero();
    assertThat(SourceImage.of(few).sample(2, 0, 0)).isEqualTo(255);
  }

  @Test
  void givesBackWhatItTook() throws IOException {
    SourceImage image = SourceImage.read(Images.file("lossless.webp"));
    BufferedImage copy = image.toBufferedImage();
    assertThat(Images.difference(SourceImage.of(copy), Images.expected("lossless"))).isZero();
    assertThatThrownBy(() -> image.sample(0, image.width(), 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
