import java.nio.file.Path;
import org.pellucid.core.Explanation;
import org.pellucid.core.ExplanationFiles;
import org.pellucid.core.Pellucid;

public class Explain {
  public static void main(String[] arguments) {
    try (Pellucid pellucid = Pellucid.load(Path.of("examples/shapes.onnx"))) {
      Explanation explanation = pellucid.explain(Path.of("examples/two-stars.png"));
      System.out.println(explanation.predicted().name() + " " + explanation.saliency().status());
      ExplanationFiles.into(Path.of("out")).write(explanation, "two-stars");
    }
  }
}
