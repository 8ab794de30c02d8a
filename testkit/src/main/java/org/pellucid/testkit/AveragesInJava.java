package org.pellucid.testkit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.pellucid.api.AveragedGradients;
import org.pellucid.api.ModelProbe;

/**
 * Probes that bring averages over noisy copies to Java memory, an element for each cell, and have
 * formulas computed there: what an engine, or another way to compute them, makes of the same sums
 * is compared with it.
 */
public final class AveragesInJava {
  private AveragesInJava() {}

  /**
   * A probe that answers as another, but for {@link AveragedGradients}, which it has as a probe has
   * that says nothing of them.
   */
  public static ModelProbe of(ModelProbe probe) {
    return (ModelProbe)
        Proxy.newProxyInstance(
            ModelProbe.class.getClassLoader(),
            new Class<?>[] {ModelProbe.class},
            (proxy, asked, arguments) -> {
              if (asked.getName().equals("averages")) {
                return InvocationHandler.invokeDefault(proxy, asked, arguments);
              }
              try {
                return asked.invoke(probe, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
