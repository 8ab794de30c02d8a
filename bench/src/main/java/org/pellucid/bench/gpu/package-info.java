/** Checks and times of backends on graphics cards; {@code backend-cuda/gpu-check} runs them. */
package org.pellucid.bench.gpu;
