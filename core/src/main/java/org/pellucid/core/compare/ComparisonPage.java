package org.pellucid.core.compare;

import java.util.List;
import java.util.Map;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Version;
import org.pellucid.core.page.Html;
import org.pellucid.core.page.Page;

/** What stands around the sections of {@code index.html}. */
final class ComparisonPage {
  private ComparisonPage() {}

  /** Everything up to the first section. */
  static String head(
      Comparison comparison, Map<String, String> failures, Map<Verdict, Long> verdicts) {
    Pellucid first = comparison.models().get(0);
    StringBuilder html = new StringBuilder();
    html.append(page(first.modelName()).head())
        .append("<p class=\"faint\">")
        .append(Html.text(methodsAndBackends(comparison)))
        .append("</p>\n");
    verdicts(html, verdicts);
    list(html, "Backends that were left out", comparison.leftOut());
    list(html, "Images that failed", failures);
    html.append("<p class=\"faint\">Each map is coloured by itself, as \"normalize\" says, so that")
        .append(" colours of two maps do not compare; the tables compare the raw numbers. Methods")
        .append(" share what they ask of a backend: the first one of a column pays for it in its")
        .append(" time.</p>\n</header>\n");
    controls(html);
    return html.append("<main>\n").toString();
  }

  private static String methodsAndBackends(Comparison comparison) {
    Pellucid first = comparison.models().get(0);
    List<String> backends =
        comparison.models().stream().map(model -> model.backend().id()).toList();
    return String.join(", ", comparison.methods())
        + " on "
        + String.join(", ", backends)
        + ", in "
        + first.loadOptions().precision().id()
        + ". SHA-256 of the model "
        + first.modelSha256()
        + ". Made by Pellucid "
        + Version.current()
        + ".";
  }

  private static void verdicts(StringBuilder html, Map<Verdict, Long> verdicts) {
    boolean bad = verdicts.keySet().stream().anyMatch(Verdict::isDifference);
    html.append("<div class=\"verdicts")
        .append(bad ? " bad" : "")
        .append("\" role=\"status\"><strong>Pairs of backends:</strong>");
    if (verdicts.isEmpty()) {
      html.append("<span>none</span>");
    }
    for (Verdict verdict : Verdict.values()) {
      if (verdicts.containsKey(verdict)) {
        html.append("<span>")
            .append(verdicts.get(verdict))
            .append(" × ")
            .append(ComparisonSection.word(verdict))
            .append("</span>");
      }
    }
    html.append("</div>\n");
  }

  private static void list(StringBuilder html, String title, Map<String, String> reasons) {
    if (reasons.isEmpty()) {
      return;
    }
    html.append("<p>").append(title).append(":</p>\n<ul>\n");
    reasons.forEach(
        (name, reason) ->
            html.append("<li><strong>")
                .append(Html.text(name))
                .append("</strong>: ")
                .append(Html.text(reason))
                .append("</li>\n"));
    html.append("</ul>\n");
  }

  private static void controls(StringBuilder html) {
    html.append("<form class=\"controls\" id=\"controls\" hidden>\n")
        .append("<label>Opacity of the maps <input type=\"range\" id=\"opacity\" min=\"0\"")
        .append(" max=\"100\" step=\"5\" value=\"55\"></label>")
        .append("<output id=\"opacity-shown\" for=\"opacity\">55 %</output>\n")
        .append("<label><input type=\"checkbox\" id=\"maps\" checked> Show maps (key M)</label>\n")
        .append("<label><input type=\"checkbox\" id=\"only\"> Only where backends differ</label>\n")
        .append("</form>\n");
  }

  /** Everything after the last section. */
  static String foot(Comparison comparison) {
    return page(comparison.models().get(0).modelName()).foot();
  }

  private static Page page(String model) {
    return new Page(
        "Comparison of " + model, ComparisonPage.class, "comparison.css", "comparison.js");
  }
}
