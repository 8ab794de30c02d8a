package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.core.Registry;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.Networks;
import org.pellucid.testkit.SmallNetwork;

/**
 * {@code docs/methods.md} tells the truth: its tables are what the methods say of themselves and
 * what was counted, and every method has a section. With {@code -Dpellucid.writeDocuments=true} the
 * tables are written anew.
 */
class MethodsDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/methods.md");
  private static final String BEGIN = "<!-- begin: made by MethodsDocumentTest -->\n";
  private static final String END = "<!-- end -->\n";

  private static List<Explainer> methods() {
    return Registry.ofClassPath().explainers().stream()
        .sorted(Comparator.comparing(Explainer::id))
        .toList();
  }

  private static LoadedModel load(ModelGraph graph) {
    return new ReferenceBackend().load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64));
  }

  /** What a method costs alone. */
  private static String costs(Explainer method) {
    boolean pooled = method.needs().contains(Need.LINEAR_HEAD);
    boolean attends = method.needs().contains(Need.ATTENTION);
    ModelGraph graph =
        pooled
            ? Networks.residual()
            : attends ? Networks.transformer() : SmallNetwork.channelsFirst();
    Tensor image = pooled || attends ? Networks.images(graph, 1, 3) : SmallNetwork.image();
    Tap layer = pooled ? new Tap("block2 out") : SmallNetwork.LAYER;
    try (CountingModel model = new CountingModel(load(graph))) {
      StandardProbe probe = StandardProbe.of(model).inputs(Map.of("image", image)).build();
      explain(method, probe, layer);
      return model.counts().toString();
    }
  }

  private static void explain(Explainer method, StandardProbe probe, Tap layer) {
    Tap place = method.needs().contains(Need.LAYER) ? layer : probe.inputTap();
    method.explain(probe, Selection.of(place), Options.DEFAULTS);
  }

  /** What methods cost one after the other on one image, for a number of targets. */
  private static Map<String, String> together() {
    Set<Tap> places = Set.of(SmallNetwork.LAYER, new Tap("image"));
    Map<String, String> costs = new HashMap<>();
    try (CountingModel model = new CountingModel(load(SmallNetwork.channelsFirst()))) {
      List<StandardProbe> probes =
          StandardProbe.of(model)
              .inputs(Map.of("image", SmallNetwork.image()))
              .expecting(places)
              .expectingAverages(places)
              .buildAll(List.of(Target.top()));
      for (Explainer method : methods()) {
        if (!method.needs().contains(Need.LINEAR_HEAD)
            && !method.needs().contains(Need.ATTENTION)) {
          CountingModel.Counts before = model.counts();
          probes.forEach(probe -> explain(method, probe, SmallNetwork.LAYER));
          costs.put(method.id(), model.counts().less(before).toString());
        }
      }
      costs.put("all", model.counts().toString());
    }
    return costs;
  }

  private static String tables() {
    StringBuilder text = new StringBuilder();
    Set<String> anchors = new LinkedHashSet<>();
    Map<String, String> together = together();
    text.append("| method | other names | needs | forward | backward | resumed");
    text.append(" | after those above: forward | backward | resumed |\n");
    text.append("|---|---|---|---|---|---|---|---|---|\n");
    for (Explainer method : methods()) {
      text.append("| [`")
          .append(method.id())
          .append("`](#")
          .append(anchor(method.id(), anchors))
          .append(") | ")
          .append(method.aliases().stream().map(name -> "`" + name + "`").collect(joined()))
          .append(" | ")
          .append(method.needs().stream().sorted().map(Option::text).collect(joined()))
          .append(" | ")
          .append(costs(method))
          .append(' ')
          .append(together.getOrDefault(method.id(), " | | |"))
          .append('\n');
    }
    text.append("| all but `cam` and `le-grad` | | | | | | ")
        .append(together.get("all"))
        .append('\n');
    text.append(
        "\n| option | of | type | default | range | meaning | source |\n|---|---|---|---|---|---|---|\n");
    for (Explainer method : methods()) {
      for (Option<?> option : method.options()) {
        text.append("| `")
            .append(option.name())
            .append("` | `")
            .append(method.id())
            .append("` | ")
            .append(option.kind())
            .append(" | ")
            .append(Option.text(option.defaultValue()))
            .append(" | ")
            .append(option.range().replace("|", "\\|"))
            .append(" | ")
            .append(option.meaning().replace("|", "\\|"))
            .append(" | ")
            .append(option.source())
            .append(" |\n");
      }
    }
    return text.toString();
  }

  private static Collector<CharSequence, ?, String> joined() {
    return Collectors.joining(", ");
  }

  /**
   * What a heading is called in links: without plus signs, and with a number where that was had.
   */
  private static String anchor(String id, Set<String> before) {
    String anchor = id.replace("+", "");
    return before.add(anchor) ? anchor : anchor + "-1";
  }

  private static String document() throws IOException {
    return Files.readString(DOCUMENT, StandardCharsets.UTF_8);
  }

  @Test
  void tablesAreWhatMethodsSayAndCost() throws IOException {
    String document = document();
    int begin = document.indexOf(BEGIN) + BEGIN.length();
    int end = document.indexOf(END);
    String made = tables();
    if (Boolean.getBoolean("pellucid.writeDocuments")) {
      Files.writeString(DOCUMENT, document.substring(0, begin) + made + document.substring(end));
      return;
    }
    assertThat(document.substring(begin, end)).isEqualTo(made);
  }

  @Test
  void everyMethodHasASection() throws IOException {
    Matcher headings = Pattern.compile("^### `([^`]+)`$", Pattern.MULTILINE).matcher(document());
    Set<String> described = new LinkedHashSet<>();
    while (headings.find()) {
      described.add(headings.group(1));
    }
    Set<String> registered = new TreeSet<>();
    methods().forEach(method -> registered.add(method.id()));
    assertThat(new TreeSet<>(described)).isEqualTo(registered);
  }
}
