package org.pellucid.core.compare;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Version;

/**
 * What stands around the sections of {@code index.html}: a page that needs no network and no other
 * file, and that a browser lets load nothing and run no script but its own.
 */
final class ComparisonPage {
  private ComparisonPage() {}

  /** Everything up to the first section. */
  static String head(
      Comparison comparison, Map<String, String> failures, Map<Verdict, Long> verdicts) {
    Pellucid first = comparison.models().get(0);
    StringBuilder html = new StringBuilder();
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .append("img-src data:; style-src 'unsafe-inline'; script-src 'sha256-")
        .append(hash(script()))
        .append("'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<title>")
        .append(Html.text("Comparison of " + first.modelName()))
        .append("</title>\n<style>\n")
        .append(Html.resource("comparison.css"))
        .append("</style>\n</head>\n<body>\n<header>\n<h1>")
        .append(Html.text("Comparison of " + first.modelName()))
        .append("</h1>\n<p class=\"faint\">")
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
  static String foot() {
    return "</main>\n<script>" + script() + "</script>\n</body>\n</html>\n";
  }

  private static String script() {
    return Html.resource("comparison.js");
  }

  private static String hash(String script) {
    return Base64.getEncoder()
        .encodeToString(Hashing.sha256().hashString(script, StandardCharsets.UTF_8).asBytes());
  }
}
