import { estateWords, streetWords } from './addresses/places.ts';
import type { InTwo } from './addresses.ts';

const trades: readonly InTwo[] = [
  { en: 'Trading', zh: '貿易' },
  { en: 'Logistics', zh: '物流' },
  { en: 'Engineering', zh: '工程' },
  { en: 'Catering', zh: '飲食' },
  { en: 'Design', zh: '設計' },
  { en: 'Technology', zh: '科技' },
  { en: 'Consulting', zh: '顧問' },
  { en: 'Property', zh: '物業' },
  { en: 'Printing', zh: '印刷' },
  { en: 'Textiles', zh: '紡織' },
  { en: 'Seafood', zh: '海產' },
  { en: 'Medical Supplies', zh: '醫療用品' },
  { en: 'Education', zh: '教育' },
  { en: 'Travel', zh: '旅遊' },
  { en: 'Electronics', zh: '電子' },
  { en: 'Decoration', zh: '裝修' },
  { en: 'Stationery', zh: '文具' },
  { en: 'Optical', zh: '眼鏡' },
  { en: 'Jewellery', zh: '珠寶' },
  { en: 'Media', zh: '傳媒' },
];

const words = [...estateWords, ...streetWords];

export const MOST_COMPANIES = words.length * trades.length;

function at(list: readonly InTwo[], index: number): InTwo {
  return list[index] ?? { en: '', zh: '' };
}

/** The name of company 0 to `MOST_COMPANIES` - 1; no two are alike. */
export function companyName(index: number, guarantee: boolean): InTwo {
  const word = at(words, index % words.length);
  const trade = at(trades, (index + Math.floor(index / words.length)) % trades.length);
  return {
    en: `${word.en} ${trade.en} ${guarantee ? 'Association Limited' : 'Limited'}`,
    zh: `${word.zh}${trade.zh}${guarantee ? '協會有限公司' : '有限公司'}`,
  };
}
