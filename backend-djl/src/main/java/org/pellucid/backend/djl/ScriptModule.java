package org.pellucid.backend.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * PyTorch functions that DJL's API lacks, reached through a small TorchScript module that is
 * written here: one method per script, loaded from memory. PyTorch's autograd sees through it.
 */
final class ScriptModule implements AutoCloseable {
  /**
   * Gradients of several tensors with several seeds. The list holds the differentiated tensors,
   * then their seeds, then the tensors at which gradients are taken. The recorded operations stay
   * for the next time; a tensor that nothing depends on has the gradient zero.
   */
  private static final String GRADIENTS =
      """
      def gradients(self: __torch__.Scripts, count: Tensor, tensors: List[Tensor]) -> List[Tensor]:
        k = int(count)
        ys = torch.slice(tensors, 0, k, 1)
        ss = torch.slice(tensors, k, torch.mul(k, 2), 1)
        xs = torch.slice(tensors, torch.mul(k, 2), 9223372036854775807, 1)
        seeds = annotate(List[Optional[Tensor]], [])
        for i in range(torch.len(ss)):
          _0 = torch.append(seeds, ss[i])
        gs = torch.grad(ys, xs, seeds, True, False, True)
        gradients = annotate(List[Tensor], [])
        for j in range(torch.len(gs)):
          g = gs[j]
          if torch.__is__(g, None):
            _1 = torch.append(gradients, torch.zeros_like(xs[j]))
          else:
            _2 = torch.append(gradients, unchecked_cast(Tensor, g))
        return gradients
      """;

  private static final Pattern INPUT = Pattern.compile("\\bx(\\d+)\\b");

  private final PtSymbolBlock block;
  private final PtNDArray gradients;
  private final Map<String, PtNDArray> methods = new HashMap<>();

  /**
   * Loads a module; its arrays belong to the manager.
   *
   * @param scripts expressions of tensors {@code x0}, {@code x1}, ... without gaps. They hold for
   *     any number of samples
   */
  ScriptModule(PtNDManager manager, Set<String> scripts) {
    StringBuilder source =
        new StringBuilder("class Scripts(Module):\n  __parameters__ = []\n  __buffers__ = []\n");
    source.append("  def forward(self: __torch__.Scripts, x: Tensor) -> Tensor:\n    return x\n");
    source.append(GRADIENTS.indent(2));
    Map<String, String> names = new HashMap<>();
    for (String script : scripts) {
      String name = "script" + names.size();
      names.put(script, name);
      source.append("  def ").append(name).append("(self: __torch__.Scripts");
      for (int i = 0; i < inputs(script); i++) {
        source.append(", x").append(i).append(": Tensor");
      }
      source.append(") -> Tensor:\n    return ").append(script).append('\n');
    }
    try {
      block =
          JniUtils.loadModule(
              manager, new ByteArrayInputStream(archive(source.toString())), true, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    gradients = method(manager, "gradients");
    names.forEach((script, name) -> methods.put(script, method(manager, name)));
  }

  private static int inputs(String expression) {
    return INPUT
            .matcher(expression)
            .results()
            .mapToInt(input -> Integer.parseInt(input.group(1)))
            .max()
            .orElse(-1)
        + 1;
  }

  /** DJL takes the name of the method from an array among the inputs. */
  private static PtNDArray method(PtNDManager manager, String name) {
    PtNDArray carrier = (PtNDArray) manager.create(0);
    carrier.setName("module_method:" + name);
    return carrier;
  }

  private static byte[] archive(String source) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      // Pickled: an object of class Scripts without state; no constants.
      store(zip, "scripts/data.pkl", "\u0080\u0002c__torch__\nScripts\nq\u0000)\u0081}b.");
      store(zip, "scripts/code/__torch__.py", source);
      store(zip, "scripts/constants.pkl", "\u0080\u0002).");
      store(zip, "scripts/version", "10\n");
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(bytes.length);
    entry.setCompressedSize(bytes.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  /** Runs a script that was given at construction. */
  PtNDArray run(String expression, List<PtNDArray> inputs) {
    PtNDArray method = methods.get(expression);
    if (method == null) {
      throw new IllegalStateException("No script was prepared for " + expression);
    }
    NDList arguments = new NDList(inputs.size() + 1);
    arguments.addAll(inputs);
    arguments.add(method);
    return (PtNDArray) IValueUtils.forward(block, arguments, true).get(0);
  }

  /**
   * Vector-Jacobian products.
   *
   * @param manager to which the results belong
   * @param ys at least one tensor, each recorded
   * @param seeds one per tensor, in its shape
   * @param xs the tensors at which gradients are taken; recorded
   */
  List<PtNDArray> gradients(
      PtNDManager manager, List<PtNDArray> ys, List<PtNDArray> seeds, List<PtNDArray> xs) {
    NDList arguments = new NDList();
    arguments.add(manager.create((long) ys.size()));
    List<PtNDArray> listed = new ArrayList<>(ys);
    listed.addAll(seeds);
    listed.addAll(xs);
    // DJL gathers the arrays of this name into a list.
    listed.forEach(array -> array.setName("tensors[]"));
    arguments.addAll(listed);
    arguments.add(gradients);
    NDList results;
    try {
      results = IValueUtils.forward(block, arguments, true);
    } finally {
      listed.forEach(array -> array.setName(null));
    }
    List<PtNDArray> arrays = new ArrayList<>();
    for (NDArray result : results) {
      arrays.add(NativeArrays.adopt((PtNDArray) result, manager));
    }
    return arrays;
  }

  @Override
  public void close() {
    block.close();
  }
}
