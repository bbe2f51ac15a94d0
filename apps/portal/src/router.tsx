import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { ErrorPage, Fault, NotFound } from './errors/error-pages.tsx';
import { HomePage } from './home/home-page.tsx';
import { Loading } from './parts/loading.tsx';
import { Shell } from './parts/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const parent = { getParentRoute: () => root } as const;

const residents = [
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
    path: '/devices',
    component: lazyRouteComponent(() => import('./devices/devices-page.tsx'), 'DevicesPage'),
  }),
];

const everybody = [
  createRoute({
    ...parent,
    path: '/verify',
    component: lazyRouteComponent(() => import('./verify/verify-page.tsx'), 'VerifyPage'),
  }),
  createRoute({
    ...parent,
    path: '/catalogue',
    component: lazyRouteComponent(() => import('./catalogue/catalogue-page.tsx'), 'CataloguePage'),
  }),
  createRoute({
    ...parent,
    path: '/catalogue/$service',
    component: lazyRouteComponent(() => import('./catalogue/service-page.tsx'), 'ServicePage'),
  }),
  createRoute({
    ...parent,
    path: '/check',
    component: lazyRouteComponent(() => import('./check/check-page.tsx'), 'CheckPage'),
  }),
  createRoute({
    ...parent,
    path: '/check/$code',
    component: lazyRouteComponent(() => import('./check/code-page.tsx'), 'CodePage'),
  }),
  createRoute({
    ...parent,
    path: '/explorer',
    component: lazyRouteComponent(() => import('./explorer/explorer-page.tsx'), 'ExplorerPage'),
  }),
  createRoute({
    ...parent,
    path: '/explorer/$tenant/$shard',
    component: lazyRouteComponent(() => import('./explorer/explorer-page.tsx'), 'ExplorerPage'),
  }),
  createRoute({
    ...parent,
    path: '/explorer/$tenant/$shard/proof/$index',
    component: lazyRouteComponent(() => import('./explorer/walk-page.tsx'), 'WalkPage'),
  }),
  createRoute({
    ...parent,
    path: '/docs/api',
    component: lazyRouteComponent(() => import('./reference/reference-page.tsx'), 'ReferencePage'),
  }),
  createRoute({ ...parent, path: '/error', component: ErrorPage }),
];

const notaries = [
  createRoute({
    ...parent,
    path: '/notary',
    component: lazyRouteComponent(() => import('./notary/records-page.tsx'), 'RecordsPage'),
  }),
  createRoute({
    ...parent,
    path: '/notary/new',
    component: lazyRouteComponent(() => import('./notary/new-page.tsx'), 'NewPage'),
  }),
  createRoute({
    ...parent,
    path: '/notary/inbox',
    component: lazyRouteComponent(() => import('./notary/inbox-page.tsx'), 'InboxPage'),
  }),
  createRoute({
    ...parent,
    path: '/notary/bulk',
    component: lazyRouteComponent(() => import('./notary/bulk/bulk-page.tsx'), 'BulkPage'),
  }),
  createRoute({
    ...parent,
    path: '/notary/bulk/$id',
    component: lazyRouteComponent(() => import('./notary/bulk/bulk-job-page.tsx'), 'BulkJobPage'),
  }),
  createRoute({
    ...parent,
    path: '/notary/records/$id',
    component: lazyRouteComponent(() => import('./notary/record-page.tsx'), 'RecordPage'),
  }),
];

const officers = [
  createRoute({
    ...parent,
    path: '/counter',
    component: lazyRouteComponent(() => import('./counter/counter-page.tsx'), 'CounterPage'),
  }),
  createRoute({
    ...parent,
    path: '/directory',
    component: lazyRouteComponent(() => import('./directory/directory-page.tsx'), 'DirectoryPage'),
  }),
  createRoute({
    ...parent,
    path: '/directory/organisations/$id',
    component: lazyRouteComponent(() => import('./directory/organisation-page.tsx'), 'OrganisationPage'),
  }),
  createRoute({
    ...parent,
    path: '/directory/changes',
    component: lazyRouteComponent(() => import('./directory/changes-page.tsx'), 'ChangesPage'),
  }),
];

/** Every page of the portal; the same list stands in the platform, which serves index.html for them. */
export function createPortalRouter() {
  return createRouter({
    routeTree: root.addChildren([...residents, ...everybody, ...notaries, ...officers]),
    scrollRestoration: true,
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultErrorComponent: Fault,
  });
}
