import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { ErrorPage, Fault, NotFound } from './errors/error-pages.tsx';
import { HomePage } from './home/home-page.tsx';
import { Loading } from './parts/loading.tsx';
import { Shell } from './parts/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const parent = { getParentRoute: () => root } as const;

const routes = [
  createRoute({ ...parent, path: '/', component: HomePage }),
  createRoute({
    ...parent,
    path: '/interaction/$uid',
    component: lazyRouteComponent(() => import('./sign-in/interaction-page.tsx'), 'InteractionPage'),
  }),
  createRoute({
    ...parent,
    path: '/data',
    component: lazyRouteComponent(() => import('./sharing/sharing-page.tsx'), 'SharingPage'),
  }),
  createRoute({
    ...parent,
    path: '/data/$consentId',
    component: lazyRouteComponent(() => import('./sharing/consent-page.tsx'), 'ConsentPage'),
  }),
  createRoute({
    ...parent,
    path: '/activity',
    component: lazyRouteComponent(() => import('./activity/activity-page.tsx'), 'ActivityPage'),
  }),
  createRoute({
    ...parent,
    path: '/error',
    component: ErrorPage,
  }),
];

/** Every page of the portal; the same list stands in the platform, which serves index.html for them. */
export function createPortalRouter() {
  return createRouter({
    routeTree: root.addChildren(routes),
    scrollRestoration: true,
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultErrorComponent: Fault,
  });
}
