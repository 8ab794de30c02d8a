import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.MapSelection;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Progress;
import org.pellucid.api.Region;
import org.pellucid.api.Saliency.Contribution;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.Examination;
import org.pellucid.core.Layer;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Registry;
import org.pellucid.core.Request;
import org.pellucid.core.Subject;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.Tensor;

/**
 * Asks of subsets of feature maps and of neurons whether they behave additively, and whether they
 * localise parts. A program of one file; {@code run} starts it:
 *
 * <pre>java -cp 'LIB/*' Subsets.java PLUGINS SCENES COUNT OUT MODEL...</pre>
 *
 * <p>COUNT is how many of the scenes are looked at.
 *
 * <p>Writes four tables. {@code additive.csv}: per scene, method and kind of partition into
 * groups, how far the raw maps of the groups are from adding up to the whole, how far the maps as
 * shown (ReLU) are, and, for feature maps, what the groups' removal does to the score. {@code
 * parts.csv}: where the map of each of the ten feature maps that contribute most lies, and that of
 * the whole. {@code neurons.csv}: where the map lies when only the neurons of one object make the
 * weights. {@code top.csv}: how much of the map a few feature maps alone show.
 */
public class Subsets {
  private static final int GROUPS = 4;
  private static final int TOP = 10;
  private static final List<String> METHODS = List.of("grad-cam", "grad-cam++", "smooth-grad-cam++");

  private final Pellucid model;
  private final String network;
  private final Path scenes;
  private final PrintWriter additive;
  private final PrintWriter parts;
  private final PrintWriter neurons;
  private final PrintWriter top;

  private Subsets(Pellucid model, Path scenes, List<PrintWriter> tables) {
    this.model = model;
    this.network = model.modelName().replaceFirst("\\.onnx$", "");
    this.scenes = scenes;
    this.additive = tables.get(0);
    this.parts = tables.get(1);
    this.neurons = tables.get(2);
    this.top = tables.get(3);
  }

  public static void main(String[] arguments) throws IOException {
    Registry registry = Registry.withPlugins(Path.of(arguments[0]));
    Path scenes = Path.of(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    Path out = Files.createDirectories(Path.of(arguments[3]));
    List<PrintWriter> tables = new ArrayList<>();
    try {
      for (String name : List.of("additive", "parts", "neurons", "top")) {
        tables.add(new PrintWriter(Files.newBufferedWriter(out.resolve(name + ".csv"))));
      }
      tables.get(0).println(
          "network,kind,image,method,groups,raw,shown,evidence,removal,together,correlation");
      tables.get(1).println(
          "network,kind,image,rank,map,on_object,on_rim,rim_of_object,share_of_image");
      tables.get(2).println("network,kind,image,object,method,neurons,on_own,on_others,own_area");
      tables.get(3).println("network,kind,image,method,maps,likeness,on_object");
      for (String file : Arrays.asList(arguments).subList(4, arguments.length)) {
        try (Pellucid model =
            Pellucid.loader().registry(registry).threads(1).load(Path.of(file))) {
          new Subsets(model, scenes, tables).first(count);
        }
      }
    } finally {
      tables.forEach(PrintWriter::close);
    }
  }

  private void first(int count) throws IOException {
    JsonArray images =
        JsonParser.parseString(Files.readString(scenes.resolve("images.json")))
            .getAsJsonObject()
            .getAsJsonArray("images");
    for (int i = 0; i < Math.min(count, images.size()); i++) {
      scene(images.get(i).getAsJsonObject());
    }
  }

  /** The first object's class is explained. */
  private void scene(JsonObject image) throws IOException {
    String file = image.get("file").getAsString();
    int index = image.getAsJsonArray("objects").get(0).getAsJsonObject().get("index").getAsInt();
    Layer layer = model.layers().byDefault();
    Tap tap = layer.tap();
    Subject subject = model.prepare(file, SourceImage.read(scenes.resolve(file)));
    Examination scene =
        model.examine(subject, Target.ofClass(index), Set.of(tap), Progress.NONE);
    int[][] objects = pixels(scenes.resolve(image.get("mask").getAsString()));
    int[][] rims = pixels(scenes.resolve(image.get("parts").getAsString()));
    String row = String.join(",", network, image.get("kind").getAsString(), file);

    List<JsonObject> own = new ArrayList<>();
    for (JsonElement object : image.getAsJsonArray("objects")) {
      if (object.getAsJsonObject().get("index").getAsInt() == index) {
        own.add(object.getAsJsonObject());
      }
    }
    for (String method : METHODS) {
      Request request = Request.DEFAULT.withMethod(method);
      partitions(row, scene, request, layer, subject, index);
      top(row, scene, request, layer, objects, own);
      if (own.size() > 1) {
        own.forEach(object -> neurons(row, scene, request, objects, object, own));
      }
    }
    parts(row, scene, layer, objects, rims, own);
  }

  // ---- additivity

  private void partitions(
      String row, Examination scene, Request request, Layer layer, Subject subject, int index) {
    double[] whole = map(scene, request);
    int channels = layer.shape().dim(0);
    List<Integer> order = new ArrayList<>(IntStream.range(0, channels).boxed().toList());
    Collections.shuffle(order, new Random(1));
    List<Request> ofMaps = new ArrayList<>();
    List<List<Integer>> groups = new ArrayList<>();
    for (int group = 0; group < GROUPS; group++) {
      List<Integer> some =
          order.subList(group * channels / GROUPS, (group + 1) * channels / GROUPS);
      groups.add(some);
      ofMaps.add(request.withMaps(new MapSelection.Indices(some)));
    }
    List<double[]> maps = ofMaps.stream().map(each -> map(scene, each)).toList();
    double[] evidence =
        maps.stream().mapToDouble(map -> Arrays.stream(map).sum()).toArray();
    double[] removal = removal(subject, layer, index, groups);
    double together = removal(subject, layer, index, List.of(order))[0];
    write(row, request, "feature maps", whole, maps,
        Arrays.stream(evidence).sum() + "," + Arrays.stream(removal).sum() + "," + together + ","
            + correlation(evidence, removal));

    int rows = layer.shape().dim(1);
    int columns = layer.shape().dim(2);
    for (NeuronSelection.Role role :
        List.of(NeuronSelection.Role.CONTRIBUTION, NeuronSelection.Role.WEIGHT)) {
      List<double[]> quarters = new ArrayList<>();
      for (int top : new int[] {0, rows / 2}) {
        for (int left : new int[] {0, columns / 2}) {
          Region quarter =
              Region.cells(
                  top, left, top == 0 ? rows / 2 : rows - top, left == 0 ? columns / 2 : columns - left);
          quarters.add(map(scene, request.withCells(List.of(quarter)).withNeurons(role)));
        }
      }
      write(row, request, "neurons, " + role.name().toLowerCase(), whole, quarters, ",,,");
    }
  }

  private void write(
      String row, Request request, String groups, double[] whole, List<double[]> maps, String rest) {
    double largest = 0;
    double apart = 0;
    double shownApart = 0;
    double shown = 0;
    for (int i = 0; i < whole.length; i++) {
      double sum = 0;
      double positive = 0;
      for (double[] map : maps) {
        sum += map[i];
        positive += Math.max(0, map[i]);
        largest = Math.max(largest, Math.abs(map[i]));
      }
      apart = Math.max(apart, Math.abs(sum - whole[i]));
      shownApart += Math.abs(positive - Math.max(0, whole[i]));
      shown += Math.max(0, whole[i]);
    }
    additive.println(
        String.join(",", row, request.method(), "\"" + groups + "\"",
            String.valueOf(largest > 0 ? apart / largest : 0),
            String.valueOf(shown > 0 ? shownApart / shown : Double.NaN), rest));
  }

  /** By how much the score falls when each group of feature maps is set to zero. */
  private double[] removal(
      Subject subject, Layer layer, int index, List<List<Integer>> groups) {
    Tap tap = layer.tap();
    try (ForwardPass clean = model.model(Set.of(tap)).forward(subject.inputs(), Set.of(tap))) {
      double score = clean.outputs().values().iterator().next().get(index);
      Tensor activations = clean.activation(tap);
      int cells = layer.shape().dim(1) * layer.shape().dim(2);
      double[] falls = new double[groups.size()];
      for (int group = 0; group < falls.length; group++) {
        double[] values = activations.toDoubleArray();
        for (int map : groups.get(group)) {
          Arrays.fill(values, map * cells, (map + 1) * cells, 0);
        }
        Tensor changed =
            Tensor.of(activations.shape(), values).cast(activations.elementType());
        try (ForwardPass resumed = clean.resume(tap, changed)) {
          falls[group] = score - resumed.outputs().values().iterator().next().get(index);
        }
      }
      return falls;
    }
  }

  private static double correlation(double[] x, double[] y) {
    double meanX = Arrays.stream(x).average().orElseThrow();
    double meanY = Arrays.stream(y).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    return xy / Math.sqrt(xx * yy);
  }

  // ---- parts

  private void parts(
      String row, Examination scene, Layer layer, int[][] objects, int[][] rims, List<JsonObject> own) {
    Request request = Request.DEFAULT.withMethod("grad-cam++");
    int rows = layer.shape().dim(1);
    int columns = layer.shape().dim(2);
    double[] onObject = shares(objects, rims, values(own), 0, rows, columns);
    double[] onRim = shares(objects, rims, values(own), 1, rows, columns);
    List<Contribution> best =
        new ArrayList<>(scene.explain(request).saliency().contributions());
    best.sort(Comparator.comparingDouble(Contribution::contribution).reversed());
    part(row, 0, -1, map(scene, request), onObject, onRim);
    for (int rank = 1; rank <= TOP; rank++) {
      int index = best.get(rank - 1).featureMap();
      part(row, rank, index, map(scene, request.withMaps(MapSelection.of(index))), onObject, onRim);
    }
  }

  private void part(
      String row, int rank, int index, double[] map, double[] onObject, double[] onRim) {
    double object = share(map, onObject);
    double rim = share(map, onRim);
    parts.println(
        String.join(",", row, String.valueOf(rank), String.valueOf(index), String.valueOf(object),
            String.valueOf(rim),
            String.valueOf(Arrays.stream(onRim).sum() / Arrays.stream(onObject).sum()),
            String.valueOf(Arrays.stream(onObject).average().orElseThrow())));
  }

  /** The maps of a few feature maps alone, those that contribute most. */
  private void top(
      String row, Examination scene, Request request, Layer layer, int[][] objects,
      List<JsonObject> own) {
    double[] whole = map(scene, request);
    double[] onObject =
        shares(objects, objects, values(own), 0, layer.shape().dim(1), layer.shape().dim(2));
    for (int count : new int[] {1, 2, 5, 10, 20, layer.shape().dim(0)}) {
      double[] map = map(scene, request.withMaps(new MapSelection.TopByContribution(count)));
      top.println(
          String.join(",", row, request.method(), String.valueOf(count),
              String.valueOf(correlation(positive(map), positive(whole))),
              String.valueOf(share(map, onObject))));
    }
  }

  private static double[] positive(double[] map) {
    return Arrays.stream(map).map(value -> Math.max(0, value)).toArray();
  }

  // ---- neurons

  private void neurons(
      String row, Examination scene, Request request, int[][] objects, JsonObject object,
      List<JsonObject> all) {
    int value = object.get("value").getAsInt();
    var box = object.getAsJsonArray("box");
    int left = box.get(0).getAsInt();
    int top = box.get(1).getAsInt();
    Region region =
        Region.pixels(top, left, box.get(3).getAsInt() - top, box.get(2).getAsInt() - left);
    Set<Integer> others = values(all);
    others.remove(value);
    Map<String, Request> views =
        Map.of(
            "all", request,
            "weight", request.withPixels(List.of(region)).withNeurons(NeuronSelection.Role.WEIGHT),
            "contribution", request.withPixels(List.of(region)));
    for (String view : List.of("all", "weight", "contribution")) {
      Tensor map = scene.explain(views.get(view)).saliency().map();
      int rows = map.shape().dim(0);
      int columns = map.shape().dim(1);
      double[] mine = shares(objects, objects, Set.of(value), 0, rows, columns);
      double[] theirs = shares(objects, objects, others, 0, rows, columns);
      double area = Arrays.stream(mine).sum();
      neurons.println(
          String.join(",", row, String.valueOf(value), request.method(), view,
              String.valueOf(share(map.toDoubleArray(), mine)),
              String.valueOf(share(map.toDoubleArray(), theirs)),
              String.valueOf(area / (area + Arrays.stream(theirs).sum()))));
    }
  }

  // ---- maps and masks

  /** The numbers of objects in the mask. */
  private static Set<Integer> values(List<JsonObject> objects) {
    return objects.stream()
        .map(object -> object.get("value").getAsInt())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static double[] map(Examination scene, Request request) {
    return scene.explain(request).saliency().map().toDoubleArray();
  }

  /** Which share of what is positive in a map lies on a mask; NaN where nothing is positive. */
  private static double share(double[] map, double[] mask) {
    double all = 0;
    double inside = 0;
    for (int i = 0; i < map.length; i++) {
      all += Math.max(0, map[i]);
      inside += Math.max(0, map[i]) * mask[i];
    }
    return inside / all;
  }

  /** Which share of each cell some objects cover, or that part of them; 0 for any part. */
  private static double[] shares(
      int[][] objects, int[][] parts, Set<Integer> values, int part, int rows, int columns) {
    double[] covered = new double[rows * columns];
    int height = objects.length;
    int width = objects[0].length;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (values.contains(objects[y][x]) && (part == 0 || parts[y][x] == part)) {
          covered[y * rows / height * columns + x * columns / width] +=
              (double) rows * columns / (height * width);
        }
      }
    }
    return covered;
  }

  private static int[][] pixels(Path file) throws IOException {
    BufferedImage image = ImageIO.read(new File(file.toString()));
    int[][] pixels = new int[image.getHeight()][image.getWidth()];
    for (int y = 0; y < pixels.length; y++) {
      for (int x = 0; x < pixels[0].length; x++) {
        pixels[y][x] = image.getRaster().getSample(x, y, 0);
      }
    }
    return pixels;
  }
}
