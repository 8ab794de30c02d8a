package org.pellucid.core.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.pellucid.api.Option;
import org.pellucid.core.Explanation;
import org.pellucid.core.Prediction;
import org.pellucid.core.Provenance;
import org.pellucid.core.compare.LayerComparison.BackendAgreement;
import org.pellucid.core.compare.LayerComparison.Cell;
import org.pellucid.core.compare.LayerComparison.MethodAgreement;
import org.pellucid.core.page.Html;
import org.pellucid.core.render.HeatmapSettings;

/** The part of the page about one image, target and layer. */
final class ComparisonSection {
  /** Pixels of a map; it is smooth, and shown at 256. */
  private static final int MAP = 320;

  private final LayerComparison comparison;
  private final HeatmapSettings rendering;
  private final int image;
  private final StringBuilder html = new StringBuilder();

  /**
   * A section.
   *
   * @param image the number of the image, whose style the page has
   */
  ComparisonSection(LayerComparison comparison, HeatmapSettings rendering, int image) {
    this.comparison = comparison;
    this.rendering = rendering;
    this.image = image;
  }

  /** The style that puts an image under its maps. */
  static String style(Thumbnail thumbnail, int image) {
    return "<style>.image-"
        + image
        + "{aspect-ratio:"
        + thumbnail.width()
        + "/"
        + thumbnail.height()
        + ";background-image:url("
        + Html.data(thumbnail.image())
        + ")}</style>\n";
  }

  /** The worst verdict of a comparison. */
  static Verdict worst(LayerComparison comparison) {
    return comparison.betweenBackends().stream()
        .map(BackendAgreement::verdict)
        .max(Verdict::compareTo)
        .orElse(Verdict.AGREES);
  }

  /** A verdict in a word and a sign, not by its colour alone. */
  static String word(Verdict verdict) {
    return switch (verdict) {
      case AGREES -> "<span class=\"agrees\">✓ agrees</span>";
      case KINK -> "<span class=\"kink\">≈ kink</span>";
      case SENSITIVE -> "<span class=\"disagrees\">≠ sensitive method</span>";
      case DISAGREES -> "<span class=\"disagrees\">✗ DISAGREES</span>";
    };
  }

  String html() {
    html.append("<section data-verdict=\"").append(worst(comparison)).append("\">\n<h2>");
    html.append(Html.text(comparison.subject().name() + ": " + comparison.target().name()));
    html.append("</h2>\n<p class=\"faint\">Class ")
        .append(comparison.target().index())
        .append(", score ")
        .append(score(comparison.target()))
        .append(" on ")
        .append(Html.text(comparison.resolvedOn()))
        .append(", which resolved the target. Layer <code>")
        .append(Html.text(comparison.place().name()))
        .append("</code>, ")
        .append(
            Html.text(
                comparison.place().layers().stream()
                    .map(layer -> layer.shape().toString())
                    .collect(Collectors.joining(" and "))))
        .append(".</p>\n");
    maps();
    betweenBackends();
    betweenMethods();
    return html.append("</section>\n").toString();
  }

  private static String score(Prediction prediction) {
    return String.format(Locale.ROOT, "%.4g", prediction.score());
  }

  private void maps() {
    html.append(
        "<div class=\"scroll\"><table class=\"maps\"><thead><tr><th scope=\"col\">Image</th>");
    comparison
        .backends()
        .forEach(id -> html.append("<th scope=\"col\">").append(Html.text(id)).append("</th>"));
    html.append("</tr></thead>\n<tbody>\n");
    Thumbnail thumbnail = Thumbnail.of(comparison.subject(), MAP);
    for (int row = 0; row < comparison.methods().size(); row++) {
      String method = comparison.methods().get(row);
      html.append("<tr><th scope=\"row\">").append(Html.text(method));
      if (row == 0) {
        html.append("<figure><div class=\"stack image-")
            .append(image)
            .append("\" role=\"img\" aria-label=\"")
            .append(Html.text(comparison.subject().name()))
            .append("\"></div></figure>");
      }
      html.append("</th>");
      for (String backend : comparison.backends()) {
        cell(comparison.cell(method, backend), thumbnail);
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private void cell(Cell cell, Thumbnail thumbnail) {
    html.append("<td>");
    if (cell.explanation().isEmpty()) {
      html.append("<figure><div class=\"unusable\">Cannot be used here: ")
          .append(Html.text(cell.reason()))
          .append("</div></figure></td>");
      return;
    }
    Explanation explanation = cell.explanation().get();
    boolean wrong = ContactSheet.disagrees(comparison, cell);
    html.append("<figure><div class=\"stack image-")
        .append(image)
        .append(wrong ? " wrong" : "")
        .append("\" role=\"img\" aria-label=\"")
        .append(Html.text("Map of " + cell.method() + " on " + cell.backend()))
        .append("\"><img alt=\"\" src=\"")
        .append(Html.data(thumbnail.map(explanation, rendering)))
        .append("\"></div>\n<figcaption>");
    if (wrong) {
      html.append(word(Verdict.DISAGREES)).append(" · ");
    }
    html.append(Html.text(Option.text(explanation.saliency().status())))
        .append(" · ")
        .append(String.format(Locale.ROOT, "%.3f s", explanation.seconds()))
        .append("</figcaption>\n");
    provenance(explanation);
    html.append("</figure></td>");
  }

  private void provenance(Explanation explanation) {
    Provenance provenance = explanation.provenance();
    html.append("<details><summary>How it was made</summary><dl>");
    row("score", score(explanation.target()));
    row("predicted", explanation.predicted().name() + " " + score(explanation.predicted()));
    row("input", provenance.input());
    row("preset", provenance.preset());
    row("model", provenance.model());
    row("SHA-256", provenance.modelSha256());
    row("method", provenance.method());
    provenance.options().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(option -> row(option.getKey(), option.getValue()));
    row("backend", provenance.backend());
    row("engine", provenance.engine());
    row("device", provenance.device());
    row("precision", provenance.precision());
    row("seconds", String.format(Locale.ROOT, "%.4f", explanation.seconds()));
    row("Java", provenance.java());
    row("Pellucid", provenance.pellucid());
    explanation.saliency().warnings().forEach(warning -> row("warning", warning));
    html.append("</dl></details>");
  }

  private void row(String name, String value) {
    if (!value.isEmpty()) {
      html.append("<dt>")
          .append(Html.text(name))
          .append("</dt><dd>")
          .append(Html.text(value))
          .append("</dd>");
    }
  }

  private void head(String caption, List<String> columns) {
    html.append("<div class=\"scroll\"><table class=\"numbers\"><caption>")
        .append(caption)
        .append("</caption>\n<thead><tr>");
    columns.forEach(column -> html.append("<th scope=\"col\">").append(column).append("</th>"));
    html.append("</tr></thead><tbody>\n");
  }

  private void text(String value) {
    html.append("<td>").append(Html.text(value)).append("</td>");
  }

  private void numeric(String value) {
    html.append("<td class=\"n\">").append(value).append("</td>");
  }

  private void betweenBackends() {
    if (comparison.betweenBackends().isEmpty()) {
      html.append("<p class=\"faint\">One backend alone: there is none to compare it with.</p>\n");
      return;
    }
    head(
        "Between backends, raw maps; they agree up to a relative difference of "
            + Html.difference(comparison.tolerance()),
        List.of(
            "Method",
            "Backends",
            "Verdict",
            "Largest difference",
            "relative",
            "Pearson",
            "Spearman",
            "Top 10 % in common"));
    for (BackendAgreement pair : comparison.betweenBackends()) {
      html.append("<tr>");
      text(pair.method());
      text(pair.first() + " and " + pair.second());
      html.append("<td>").append(word(pair.verdict()));
      pair.settlement().ifPresent(settlement -> findings(pair, settlement));
      html.append("</td>");
      numeric(Html.difference(pair.agreement().maxAbsolute()));
      numeric(Html.difference(pair.agreement().relative()));
      scaleFree(pair.agreement());
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private void findings(BackendAgreement pair, Settlement settlement) {
    html.append(" in ")
        .append(pair.cellsBeyond())
        .append(pair.cellsBeyond() == 1 ? " cell" : " cells");
    if (settlement.verdict() == Verdict.KINK) {
      html.append(", ")
          .append(settlement.switchedUnits())
          .append(settlement.switchedUnits() == 1 ? " unit" : " units")
          .append(" switched sides at ")
          .append(Html.text(String.join(", ", settlement.operations())));
    }
    html.append("<details><summary>What was found</summary><ul>");
    settlement
        .findings()
        .forEach(finding -> html.append("<li>").append(Html.text(finding)).append("</li>"));
    html.append("</ul></details>");
  }

  private void betweenMethods() {
    if (comparison.betweenMethods().isEmpty()) {
      return;
    }
    head(
        "Between methods on one backend; their scales differ, so only what is free of scale counts",
        List.of("Backend", "Methods", "Pearson", "Spearman", "Top 10 % in common"));
    for (MethodAgreement pair : comparison.betweenMethods()) {
      html.append("<tr>");
      text(pair.backend());
      text(pair.first() + " and " + pair.second());
      scaleFree(pair.agreement());
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private void scaleFree(MapAgreement agreement) {
    numeric(Html.number(agreement.pearson()));
    numeric(Html.number(agreement.spearman()));
    numeric(Html.number(agreement.topOverlap()));
  }
}
