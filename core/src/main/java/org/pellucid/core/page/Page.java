package org.pellucid.core.page;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * What stands around the content of a page: it needs no network and no other file, and a browser
 * lets it load nothing and run no script but its own.
 */
public final class Page {
  private final String title;
  private final String style;
  private final String script;

  /**
   * A page.
   *
   * @param owner the class beside which its style and script lie
   * @param style name of a style sheet that adds to that of all pages
   * @param script name of a script; empty for none
   */
  public Page(String title, Class<?> owner, String style, String script) {
    this.title = title;
    this.style = Html.resource(Page.class, "page.css") + Html.resource(owner, style);
    this.script = script.isEmpty() ? "" : Html.resource(owner, script);
  }

  /** Everything up to the title, which is in an open header element. */
  public String head() {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        + "img-src data:; style-src 'unsafe-inline'"
        + (script.isEmpty() ? "" : "; script-src 'sha256-" + hash(script) + "'")
        + "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + Html.text(title)
        + "</title>\n<style>\n"
        + style
        + "</style>\n</head>\n<body>\n<header>\n<h1>"
        + Html.text(title)
        + "</h1>\n";
  }

  /** Everything after the content, which is in an open main element. */
  public String foot() {
    return "</main>\n"
        + (script.isEmpty() ? "" : "<script>" + script + "</script>\n")
        + "</body>\n</html>\n";
  }

  private static String hash(String script) {
    return Base64.getEncoder()
        .encodeToString(Hashing.sha256().hashString(script, StandardCharsets.UTF_8).asBytes());
  }

  /**
   * A table of numbers.
   *
   * @param rows cells as text; a row that ends early is filled by its last cell
   */
  public static String table(String caption, List<String> columns, List<List<String>> rows) {
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table class=\"numbers\">\n");
    html.append("<caption>").append(Html.text(caption)).append("</caption>\n<thead><tr>");
    columns.forEach(
        name -> html.append("<th scope=\"col\">").append(Html.text(name)).append("</th>"));
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      html.append("<tr>");
      for (int i = 0; i < row.size(); i++) {
        int span = i + 1 == row.size() ? columns.size() - i : 1;
        html.append(span > 1 ? "<td colspan=\"" + span + "\">" : numeric(row.get(i)))
            .append(Html.text(row.get(i)))
            .append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody>\n</table></div>\n").toString();
  }

  private static String numeric(String text) {
    return text.matches("[-0-9.e+ ]+") ? "<td class=\"n\">" : "<td>";
  }
}
