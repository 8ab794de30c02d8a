package org.pellucid.core.dataset;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.pellucid.core.dataset.DataSet.Item;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.io.FileNames;
import org.pellucid.core.io.TextFiles;
import org.pellucid.graph.MalformedInputException;

/**
 * A folder of Pascal VOC: {@code Annotations} with a file of XML per image, {@code JPEGImages}, and
 * for some images {@code SegmentationObject} and {@code SegmentationClass}, whose outlines then
 * count in place of boxes. Boxes count their first and last pixel, from 1. Objects that are marked
 * as difficult take part.
 */
final class VocReader {
  static final String ANNOTATIONS = "Annotations";
  static final String IMAGES = "JPEGImages";

  /** The border around objects, which is nobody's. */
  private static final int VOID = 0xE0E0C0;

  private static final List<String> CLASSES =
      List.of(
          "aeroplane",
          "bicycle",
          "bird",
          "boat",
          "bottle",
          "bus",
          "car",
          "cat",
          "chair",
          "cow",
          "diningtable",
          "dog",
          "horse",
          "motorbike",
          "person",
          "pottedplant",
          "sheep",
          "sofa",
          "train",
          "tvmonitor");

  private final Path folder;

  private VocReader(Path folder) {
    this.folder = folder;
  }

  static boolean accepts(Path folder) {
    return Files.isDirectory(folder.resolve(ANNOTATIONS))
        && Files.isDirectory(folder.resolve(IMAGES));
  }

  static DataSet read(Path folder) {
    return new VocReader(folder).read();
  }

  private DataSet read() {
    List<Item> items = new ArrayList<>();
    for (Path xml : DataSetReader.list(folder.resolve(ANNOTATIONS))) {
      if (DataSetReader.name(xml).endsWith(".xml")) {
        items.add(item(xml));
      }
    }
    return new DataSet("Pascal VOC", items, true);
  }

  /** An image; of one whose annotation is damaged, that is told when its objects are asked for. */
  private Item item(Path xml) {
    String stem = FileNames.stem(xml);
    String name = stem + ".jpg";
    Annotations annotations;
    try {
      Annotation annotation = parse(xml);
      name = annotation.file().isEmpty() ? name : annotation.file();
      annotations = () -> objects(stem, annotation.objects());
    } catch (MalformedInputException e) {
      annotations =
          () -> {
            throw e;
          };
    }
    Path image = MaskedFolder.within(folder.resolve(IMAGES), name, xml);
    return new Item(name, image, Optional.empty(), annotations);
  }

  private record Annotation(String file, List<AnnotatedObject> objects) {}

  private List<AnnotatedObject> objects(String stem, List<AnnotatedObject> boxes) {
    Path instances = folder.resolve("SegmentationObject").resolve(stem + ".png");
    Path classes = folder.resolve("SegmentationClass").resolve(stem + ".png");
    return Files.isRegularFile(instances) && Files.isRegularFile(classes)
        ? outlined(instances, classes)
        : boxes;
  }

  /** One object per colour, of the class whose colour most of its pixels have. */
  private static List<AnnotatedObject> outlined(Path instances, Path classes) {
    SourceImage objects = SourceImage.read(instances);
    SourceImage kinds = SourceImage.read(classes);
    if (objects.width() != kinds.width() || objects.height() != kinds.height()) {
      throw new MalformedInputException(instances + " and " + classes + " differ in size");
    }
    Map<Integer, Map<Integer, Integer>> votes = new LinkedHashMap<>();
    for (int y = 0; y < objects.height(); y++) {
      for (int x = 0; x < objects.width(); x++) {
        int object = MaskOutline.colour(objects, x, y);
        if (object != 0 && object != VOID) {
          votes
              .computeIfAbsent(object, colour -> new HashMap<>())
              .merge(MaskOutline.colour(kinds, x, y), 1, Integer::sum);
        }
      }
    }
    List<AnnotatedObject> found = new ArrayList<>();
    votes.forEach(
        (object, colours) -> {
          int colour =
              colours.entrySet().stream()
                  .max(
                      Map.Entry.<Integer, Integer>comparingByValue()
                          .thenComparing(Map.Entry.comparingByKey()))
                  .orElseThrow()
                  .getKey();
          found.add(
              new AnnotatedObject(
                  category(colour), OptionalInt.empty(), MaskOutline.of(instances, object)));
        });
    return found;
  }

  /** The class of a colour; the colour in words where it is none of VOC's. */
  private static String category(int colour) {
    for (int index = 0; index < CLASSES.size(); index++) {
      if (colour(index + 1) == colour) {
        return CLASSES.get(index);
      }
    }
    return String.format("colour %06x", colour);
  }

  /** VOC's colours: the bits of a number, three by three, from the highest down. */
  static int colour(int index) {
    int red = 0;
    int green = 0;
    int blue = 0;
    int rest = index;
    for (int bit = 7; bit >= 0; bit--) {
      red |= (rest & 1) << bit;
      green |= (rest >> 1 & 1) << bit;
      blue |= (rest >> 2 & 1) << bit;
      rest >>= 3;
    }
    return red << 16 | green << 8 | blue;
  }

  private static Annotation parse(Path file) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    // Nothing that a file names is read, and nothing in it is expanded.
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    String name = "";
    List<AnnotatedObject> objects = new ArrayList<>();
    try {
      XMLStreamReader reader =
          factory.createXMLStreamReader(new StringReader(TextFiles.read(file, "annotation")));
      List<String> path = new ArrayList<>();
      Map<String, String> object = new HashMap<>();
      StringBuilder text = new StringBuilder();
      while (reader.hasNext()) {
        int event = reader.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          path.add(reader.getLocalName());
          text.setLength(0);
        } else if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) {
          text.append(reader.getText());
        } else if (event == XMLStreamConstants.END_ELEMENT) {
          String here = String.join("/", path);
          path.remove(path.size() - 1);
          if (here.equals("annotation/filename")) {
            name = text.toString().strip();
          } else if (here.equals("annotation/object")) {
            objects.add(object(file, object));
            object.clear();
          } else if (here.startsWith("annotation/object/")) {
            object.putIfAbsent(
                here.substring("annotation/object/".length()), text.toString().strip());
          }
          text.setLength(0);
        }
      }
    } catch (XMLStreamException e) {
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new MalformedInputException(
          "The annotation " + file + " is not valid XML: " + message, e);
    }
    return new Annotation(name, objects);
  }

  private static AnnotatedObject object(Path file, Map<String, String> parts) {
    double[] edges = new double[4];
    List<String> names = List.of("xmin", "ymin", "xmax", "ymax");
    for (int i = 0; i < edges.length; i++) {
      String text = parts.getOrDefault("bndbox/" + names.get(i), "");
      try {
        edges[i] = Double.parseDouble(text);
      } catch (NumberFormatException e) {
        edges[i] = Double.NaN;
      }
    }
    if (!(edges[2] >= edges[0] && edges[3] >= edges[1])
        || Math.abs(edges[0]) + Math.abs(edges[1]) + edges[2] + edges[3] > 1e9) {
      throw new MalformedInputException(
          "The annotation "
              + file
              + " has an object \""
              + parts.getOrDefault("name", "")
              + "\" whose bndbox is not xmin, ymin, xmax and ymax of a box");
    }
    return new AnnotatedObject(
        parts.getOrDefault("name", ""),
        OptionalInt.empty(),
        new BoxOutline(edges[0] - 1, edges[1] - 1, edges[2], edges[3]));
  }
}
