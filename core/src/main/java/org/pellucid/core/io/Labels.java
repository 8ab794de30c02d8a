package org.pellucid.core.io;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.text.NearestNames;
import org.pellucid.graph.MalformedInputException;

/**
 * The names of a model's classes, by index from 0. A class without a name has none; two classes may
 * share one. Immutable.
 *
 * <pre>{@code
 * Labels labels = Labels.find(Path.of("shapes.onnx")).orElse(Labels.NONE);
 * int target = labels.indexOf("hexagon");
 * }</pre>
 */
public final class Labels {
  /** A model whose classes have no names. */
  public static final Labels NONE = new Labels(List.of());

  /** More classes than any label file names; bounds what an index in a JSON object can ask for. */
  private static final int MOST = 1 << 20;

  private final List<String> names;

  private Labels(List<String> names) {
    this.names = List.copyOf(names);
  }

  /** Names in the order of the classes; an empty one says that the class has none. */
  public static Labels of(List<String> names) {
    return new Labels(names);
  }

  /**
   * Reads a file of labels in UTF-8: one per line, the first for class 0; or, when its name ends in
   * {@code .json}, an array of them or an object from index to label. White space around a label is
   * dropped; empty lines count, except at the end.
   *
   * @throws MalformedInputException if it is missing, not UTF-8, empty, or not of this form
   */
  public static Labels read(Path file) {
    boolean json = file.toString().toLowerCase(Locale.ROOT).endsWith(".json");
    List<String> names =
        json
            ? fromJson(file, TextFiles.readJson(file, "label file"))
            : new ArrayList<>(
                TextFiles.read(file, "label file").lines().map(String::strip).toList());
    while (!names.isEmpty() && names.get(names.size() - 1).isEmpty()) {
      names.remove(names.size() - 1);
    }
    if (names.isEmpty()) {
      throw new MalformedInputException(
          "The label file " + file + " has no labels; write one per line, the first for class 0");
    }
    return new Labels(names);
  }

  /**
   * The labels that lie beside a model: for {@code shapes.onnx} those of {@code shapes.labels.txt},
   * or else of {@code shapes.labels.json}; empty when neither exists.
   *
   * @throws MalformedInputException if the file exists and is not a label file
   */
  public static Optional<Labels> find(Path model) {
    for (String suffix : List.of(".labels.txt", ".labels.json")) {
      Path file = FileNames.beside(model, suffix);
      if (Files.exists(file)) {
        return Optional.of(read(file));
      }
    }
    return Optional.empty();
  }

  private static List<String> fromJson(Path file, JsonElement json) {
    List<String> names = new ArrayList<>();
    if (json instanceof JsonArray array) {
      for (JsonElement element : array) {
        names.add(string(file, String.valueOf(names.size()), element));
      }
    } else if (json instanceof JsonObject object) {
      for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
        int index = index(file, entry.getKey());
        while (names.size() <= index) {
          names.add("");
        }
        names.set(index, string(file, entry.getKey(), entry.getValue()));
      }
    } else {
      throw new MalformedInputException(
          "The label file "
              + file
              + " is neither an array of labels nor an object from index to label");
    }
    return names;
  }

  private static int index(Path file, String key) {
    try {
      int index = Integer.parseInt(key);
      if (index >= 0 && index < MOST) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Reported below, together with numbers out of range.
    }
    throw new MalformedInputException(
        "The label file "
            + file
            + " has the key \""
            + key
            + "\"; keys are class indices from 0 to "
            + (MOST - 1));
  }

  private static String string(Path file, String key, JsonElement element) {
    if (element instanceof JsonPrimitive primitive && primitive.isString()) {
      return primitive.getAsString().strip();
    }
    throw new MalformedInputException(
        "The label file " + file + " has " + element + " for class " + key + "; a string works");
  }

  /** The number of classes that the labels reach to. */
  public int size() {
    return names.size();
  }

  /** All names in the order of the classes; empty strings where there is none. */
  public List<String> names() {
    return names;
  }

  /** The name of a class; empty when it has none. */
  public Optional<String> of(int index) {
    return index >= 0 && index < names.size()
        ? Optional.of(names.get(index)).filter(name -> !name.isEmpty())
        : Optional.empty();
  }

  /**
   * The class of a name: the one that has it exactly or, when there is none, the one that has it
   * but for upper and lower case.
   *
   * @throws InvalidRequestException if no class has it, with the nearest names, or several do
   */
  public int indexOf(String label) {
    String wanted = label.strip();
    int[] found = matching(wanted::equals);
    if (found.length == 0) {
      found = matching(wanted::equalsIgnoreCase);
    }
    if (found.length == 1 && !wanted.isEmpty()) {
      return found[0];
    }
    if (found.length > 1 && !wanted.isEmpty()) {
      throw new InvalidRequestException(
          "The label \""
              + label
              + "\" was asked for; classes "
              + Arrays.stream(found).mapToObj(String::valueOf).collect(Collectors.joining(", "))
              + " all have it; give the index of one");
    }
    if (names.isEmpty()) {
      throw new InvalidRequestException(
          "The label \""
              + label
              + "\" was asked for; the model has no labels; give the index of a class, or a label"
              + " file");
    }
    List<String> known = names.stream().filter(name -> !name.isEmpty()).toList();
    throw new InvalidRequestException(
        "The label \""
            + label
            + "\" was asked for; no class has it; the nearest of "
            + known.size()
            + " labels are "
            + NearestNames.quoted(wanted, known));
  }

  private int[] matching(Predicate<String> test) {
    return IntStream.range(0, names.size()).filter(i -> test.test(names.get(i))).toArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labels labels && names.equals(labels.names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  /** As {@code 10 labels}. */
  @Override
  public String toString() {
    return names.size() + " labels";
  }
}
