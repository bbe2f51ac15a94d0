import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isPassing } from './api/request.ts';
import { LanguageProvider } from './language/language-context.tsx';
import { chooseLanguage } from './language/languages.ts';
import { loadTexts } from './language/text.ts';
import './parts/base.css';
import { createPortalRouter } from './router.tsx';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 1 && isPassing(error),
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

async function start(root: HTMLElement): Promise<void> {
  const language = chooseLanguage(document.cookie, navigator.languages);
  const texts = await loadTexts(language);
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <LanguageProvider first={{ language, texts }}>
          <RouterProvider router={createPortalRouter()} />
        </LanguageProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root');
void start(root);
