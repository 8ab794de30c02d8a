/** The backend on NVIDIA cards: kernels of our own, and nothing but the driver beneath. */
package org.pellucid.backend.cuda;
