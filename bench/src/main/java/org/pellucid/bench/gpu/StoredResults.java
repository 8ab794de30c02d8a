package org.pellucid.bench.gpu;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.bench.Networks;
import org.pellucid.bench.Subject;
import org.pellucid.core.Registry;
import org.pellucid.graph.ModelGraph;

/**
 * What backends on the CPU answer: in float64, kept to nine digits, and how far those in float32
 * are from that. {@code bench/run store} makes them anew.
 *
 * @param networks in the order in which they are compared
 */
record StoredResults(List<Stored> networks) {
  private static final String FILE = "cpu-results.json";

  /**
   * Of one network.
   *
   * @param target the class that is asked about: the top one
   * @param by who answered in float64
   * @param answers by question, as {@link Answers} tells them
   * @param errors of other backends by {@code "id precision"}, by question: {@link Answers#error}
   */
  record Stored(
      Networks network,
      int target,
      String by,
      Map<String, double[]> answers,
      Map<String, Map<String, Double>> errors) {}

  /** The stored ones. */
  static StoredResults read() {
    try (InputStream in = StoredResults.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("There is no " + FILE + "; bench/run store makes it");
      }
      return new Gson()
          .fromJson(new InputStreamReader(in, StandardCharsets.UTF_8), StoredResults.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes them: of the networks, in the order given, into a file. */
  public static void main(String[] arguments) throws IOException {
    List<Stored> networks = new ArrayList<>();
    for (String name : Arrays.copyOfRange(arguments, 1, arguments.length)) {
      networks.add(ask(Networks.valueOf(name)));
    }
    String json =
        new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .create()
            .toJson(new StoredResults(networks));
    // A number a line would be thousands of lines.
    Files.writeString(
        Path.of(arguments[0]), json.replaceAll("(?<=[\\[,])\\s+(?=-?\\d)", " ") + "\n");
  }

  private static Stored ask(Networks network) {
    Registry registry = Registry.ofClassPath();
    ModelGraph graph = network.build();
    GradientBackend exact = registry.backend("djl");
    LoadOptions wide = LoadOptions.DEFAULT.with(Precision.FLOAT64);
    int target;
    try (Subject subject = new Subject(exact, network, graph, wide, 0)) {
      target = top(Answers.scores(subject));
    }
    Map<String, double[]> answers = new LinkedHashMap<>();
    Answers.ask(
        exact,
        wide,
        network,
        graph,
        target,
        (question, numbers) -> answers.put(question, short9(numbers)));
    Map<String, Map<String, Double>> errors = new LinkedHashMap<>();
    for (String id : List.of("onnxruntime", "djl", "dl4j")) {
      Map<String, Double> each = new LinkedHashMap<>();
      Answers.ask(
          registry.backend(id),
          LoadOptions.DEFAULT,
          network,
          graph,
          target,
          (question, found) ->
              each.put(question, rounded(Answers.error(found, answers.get(question)), 2)));
      errors.put(id + " float32", each);
    }
    return new Stored(network, target, "djl float64", answers, errors);
  }

  private static int top(double[] scores) {
    int top = 0;
    for (int i = 1; i < scores.length; i++) {
      top = scores[i] > scores[top] ? i : top;
    }
    return top;
  }

  private static double[] short9(double[] numbers) {
    return Arrays.stream(numbers).map(number -> rounded(number, 9)).toArray();
  }

  private static double rounded(double number, int digits) {
    return new BigDecimal(number).round(new MathContext(digits)).doubleValue();
  }
}
