import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist', sourcemap: false, assetsInlineLimit: 0, target: 'es2022' },
  server: { port: 8230, strictPort: true },
  preview: { port: 8231, strictPort: true },
});
