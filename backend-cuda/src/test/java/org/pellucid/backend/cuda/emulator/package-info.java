/**
 * The CUDA driver without a card: an interpreter of PTX behind the driver's calls, which sees what
 * a card does not tell.
 */
package org.pellucid.backend.cuda.emulator;
